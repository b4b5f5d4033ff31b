import { createHash, timingSafeEqual } from "node:crypto";
import type { Context, MiddlewareHandler, Next } from "hono";
import type { BrowserSessions } from "./browserSessions.ts";
import { Problem } from "./problem.ts";

export interface GuardSurroundings {
  /** The port we listen on; known once we do. */
  port(): number;
  token: string;
  sessions: BrowserSessions;
}

/** Only who knows our address by heart: a page that was rebound to it by DNS sends its own name. */
export function guardHost({ port }: GuardSurroundings): MiddlewareHandler {
  return async (context, next) => {
    const host = context.req.header("host");
    if (host === undefined || host.includes(","))
      throw new Problem(400, "Exactly one Host header is needed.");
    if (host !== `127.0.0.1:${port()}` && host !== `localhost:${port()}`) {
      throw new Problem(403, "This host is not served here.");
    }
    await next();
  };
}

/** No other page may ask: there is no CORS here, and a preflight is refused like anything else. */
export function guardOrigin(): MiddlewareHandler {
  return async (context, next) => {
    const origin = context.req.header("origin");
    if (origin !== undefined && origin !== ownOrigin(context)) {
      throw new Problem(403, "Requests from other origins are not served here.");
    }
    if (context.req.method === "OPTIONS") throw new Problem(403, "Preflight requests are not served here.");
    await next();
  };
}

function ownOrigin(context: Context): string {
  return `http://${context.req.header("host")}`;
}

/**
 * The bearer token opens everything. A browser's session opens what a dashboard needs, and only to our own page: a cookie
 * travels with requests that other pages make, the browser's word on where a request comes from does not lie.
 */
export function guardToken({ token, sessions }: GuardSurroundings): MiddlewareHandler {
  const expected = hash(token);
  return async (context: Context, next: Next) => {
    const given = /^Bearer (.+)$/i.exec(context.req.header("authorization") ?? "")?.[1];
    // Of hashes, for the time that it takes to compare must tell neither content nor length.
    const authorised = given !== undefined && timingSafeEqual(hash(given), expected);
    if (!authorised && !(isOwnPage(context) && sessions.opens(context))) {
      throw new Problem(401, "A valid token is needed: see daemon.json.");
    }
    await next();
  };
}

function isOwnPage(context: Context): boolean {
  return (
    context.req.header("sec-fetch-site") === "same-origin" ||
    context.req.header("origin") === ownOrigin(context)
  );
}

function hash(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

interface AcceptedBodies {
  types: readonly string[];
  encodings: readonly string[];
}

const acceptedElsewhere: AcceptedBodies = { types: ["application/json"], encodings: ["identity"] };
const accepted: Readonly<Record<string, AcceptedBodies>> = {
  "/v1/calls": { types: ["application/json", "application/x-ndjson"], encodings: ["identity"] },
  "/v1/traces": { types: ["application/x-protobuf", "application/json"], encodings: ["identity", "gzip"] },
};

/** A form or a plain text can be posted by any page without asking; JSON cannot. */
export function guardContentType(): MiddlewareHandler {
  return async (context, next) => {
    const { method } = context.req;
    if (method === "POST" || method === "PUT" || method === "PATCH") {
      const type = (context.req.header("content-type") ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
      const { types, encodings } = (method === "POST" && accepted[context.req.path]) || acceptedElsewhere;
      if (!types.includes(type)) throw new Problem(415, `Send ${types.join(" or ")}.`);
      const encoding = context.req.header("content-encoding")?.trim().toLowerCase() ?? "identity";
      if (!encodings.includes(encoding)) {
        throw new Problem(
          415,
          encodings.length > 1 ? `Send it as ${encodings.join(" or ")}.` : "Send it uncompressed.",
        );
      }
    }
    await next();
  };
}

/** What every answer says of itself. Nothing here is for other pages to embed, sniff or keep. */
export function protectAnswers(): MiddlewareHandler {
  return async (context, next) => {
    await next();
    context.header("x-content-type-options", "nosniff");
    context.header("cross-origin-resource-policy", "same-origin");
    context.header("referrer-policy", "no-referrer");
    context.header("x-frame-options", "DENY");
    if (context.res.headers.get("cache-control") === null) context.header("cache-control", "no-store");
  };
}
