import { expect, test } from "vitest";
import { projectOf } from "../../daemon/team/sharing.ts";
import { teamFailureOf } from "../../daemon/team/teamFailure.ts";
import { expiryWarning, tokenExpiryMs } from "../../daemon/team/teamToken.ts";
import { isUnprotected, parseTeamUrl } from "../../shared/teamUrl.ts";

const NOW = Date.parse("2026-11-21T12:00:00Z");
const HOUR_MS = 3_600_000;
const jwt = (claims: unknown) => `h.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.s`;

test.each([
  ["libsql://team.turso.io", "libsql://team.turso.io"],
  [" https://db.corp.example/ ", "https://db.corp.example"],
  ["http://127.0.0.1:8080", "http://127.0.0.1:8080"],
])("%s is an address", (text, url) => {
  expect(parseTeamUrl(text)).toEqual({ ok: true, url });
});

test.each([
  ["team", /must be a URL/],
  ["file:///etc/passwd", /must begin with/],
  ["wss://team.turso.io", /must begin with/],
  ["https://ada:secret@db.example", /must not hold a token/],
  ["libsql://team.turso.io?authToken=secret", /must not hold a token/],
])("%s is none", (text, problem) => {
  const parsed = parseTeamUrl(text);
  expect(parsed.ok ? "" : parsed.problem).toMatch(problem);
  expect(JSON.stringify(parsed)).not.toContain("secret");
});

test("a token over a network in clear is warned of, on this machine it is not", () => {
  expect(isUnprotected("http://10.0.0.5:8080")).toBe(true);
  expect(isUnprotected("libsql://db.example?tls=0")).toBe(true);
  expect(isUnprotected("http://localhost:8080")).toBe(false);
  expect(isUnprotected("libsql://db.example")).toBe(false);
});

test("a token says itself when it expires; a week and a day before, it is told", () => {
  const expiry = tokenExpiryMs(jwt({ exp: NOW / 1000 }));
  expect(expiry).toBe(NOW);
  expect(tokenExpiryMs(jwt({}))).toBe(null);
  expect(tokenExpiryMs("not a token")).toBe(null);
  expect(expiryWarning(NOW, NOW - 8 * 24 * HOUR_MS)).toBe(null);
  expect(expiryWarning(NOW, NOW - 5 * 24 * HOUR_MS)).toMatch(/in 5 days, on 2026-11-21 12:00 UTC/);
  expect(expiryWarning(NOW, NOW - 2 * HOUR_MS)).toMatch(/within a day/);
  // That is the server's to say.
  expect(expiryWarning(NOW, NOW + HOUR_MS)).toBe(null);
  expect(expiryWarning(null, NOW)).toBe(null);
});

test("a project is the name of its folder, on any system", () => {
  expect(projectOf("/home/ada/work/shop/")).toBe("shop");
  expect(projectOf("C:\\Users\\ada\\shop")).toBe("shop");
  expect(projectOf("")).toBe("");
});

test.each([
  [
    Object.assign(new Error("the server said so"), {
      cause: Object.assign(new Error("HTTP"), { status: 401 }),
    }),
    "refused",
  ],
  [Object.assign(new Error("the server said so"), { code: "BLOCKED" }), "blocked"],
  [Object.assign(new Error("reads are blocked"), { code: "SQLITE_UNKNOWN" }), "blocked"],
  [Object.assign(new Error("database or disk is full"), { code: "SQLITE_FULL" }), "failing"],
  [new TypeError("fetch failed"), "unreachable"],
  [new SyntaxError("Unexpected token <"), "noDatabase"],
  ["a thrown text", "unreachable"],
])("an error's own text is passed on to nobody: %s", (error, kind) => {
  const failure = teamFailureOf(error);
  expect(failure.kind).toBe(kind);
  expect(failure.message).toMatch(/^[A-Z].*\.$/);
  if (error instanceof Error) expect(failure.message).not.toContain(error.message);
});

test("what is longer than any address is none", () => {
  expect(parseTeamUrl(`https://${"a".repeat(3_000)}.example`)).toEqual({ ok: false, problem: "is too long" });
});
