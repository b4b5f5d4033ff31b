import { createHash, randomBytes } from "node:crypto";
import type { Context } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import { apiRoutes } from "../../shared/api.ts";
import { LIVE_PATH } from "../../shared/live.ts";
import { webviewRoutes } from "../../shared/messages.ts";

/** Browsers that were let in: a one-time code in the address becomes a session in a cookie. In memory only. */
export interface BrowserSessions {
  /** A code for one use. */
  invite(): { code: string; expiresAtMs: number };
  /** Trades a code for a session; `false` where the code is unknown, used or too old. */
  enter(context: Context, code: string): boolean;
  /** Whether the request comes with a session. */
  isIn(context: Context): boolean;
  /** Whether the request comes with a session, and is for one of the routes that a dashboard needs. */
  opens(context: Context): boolean;
}

const CODE_LIFE_MS = 5 * 60_000;
const SESSION_LIFE_MS = 24 * 3_600_000;
const MAX_KEPT = 100;

const dashboardRoutes = [
  ...webviewRoutes.map((name) => apiRoutes[name]),
  { method: "GET", path: LIVE_PATH },
].map(({ method, path }) => ({ method, path: new RegExp(`^${path.replace("{id}", "[^/]+")}$`) }));

export function createBrowserSessions(nowMs: () => number, port: () => number): BrowserSessions {
  const codes = new Map<string, number>();
  const sessions = new Map<string, number>();
  // Cookies know no ports: the name tells daemons of one machine apart.
  const cookieName = () => `taximeter_session_${port()}`;

  function draw(kept: Map<string, number>, lifeMs: number): { secret: string; expiresAtMs: number } {
    for (const [key, expiresAtMs] of kept) if (expiresAtMs <= nowMs()) kept.delete(key);
    for (const key of kept.keys()) {
      if (kept.size < MAX_KEPT) break;
      kept.delete(key);
    }
    const secret = randomBytes(32).toString("base64url");
    const expiresAtMs = nowMs() + lifeMs;
    kept.set(hash(secret), expiresAtMs);
    return { secret, expiresAtMs };
  }

  function isIn(context: Context): boolean {
    const secret = getCookie(context, cookieName());
    return secret !== undefined && (sessions.get(hash(secret)) ?? 0) > nowMs();
  }

  return {
    invite() {
      const { secret, expiresAtMs } = draw(codes, CODE_LIFE_MS);
      return { code: secret, expiresAtMs };
    },
    enter(context, code) {
      const key = hash(code);
      const expiresAtMs = codes.get(key) ?? 0;
      codes.delete(key);
      if (expiresAtMs <= nowMs()) return false;
      const { secret } = draw(sessions, SESSION_LIFE_MS);
      setCookie(context, cookieName(), secret, {
        httpOnly: true,
        sameSite: "Strict",
        path: "/",
        maxAge: SESSION_LIFE_MS / 1000,
      });
      return true;
    },
    isIn,
    opens: (context) =>
      isIn(context) &&
      dashboardRoutes.some(
        ({ method, path }) => method === context.req.method && path.test(context.req.path),
      ),
  };
}

/** Looked up by hash, so that the time it takes tells nothing of the secret. */
function hash(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}
