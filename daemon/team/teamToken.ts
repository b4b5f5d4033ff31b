const DAY_MS = 24 * 60 * 60_000;

/** When a token expires, in milliseconds since 1970, as the JWT says of itself; `null` where it says nothing. */
export function tokenExpiryMs(token: string): number | null {
  try {
    const [, payload = ""] = token.split(".");
    const claims: unknown = JSON.parse(Buffer.from(payload, "base64url").toString("utf8"));
    const expiry: unknown = typeof claims === "object" && claims !== null ? Reflect.get(claims, "exp") : null;
    return typeof expiry === "number" && Number.isFinite(expiry) ? expiry * 1000 : null;
  } catch {
    return null;
  }
}

/**
 * What to tell of a token that is about to expire: a week before, and once more a day before. That it has expired is the
 * server's to say, whose clock is the one that counts.
 */
export function expiryWarning(expiresAtMs: number | null, nowMs: number): string | null {
  if (expiresAtMs === null) return null;
  const left = expiresAtMs - nowMs;
  if (left > 7 * DAY_MS || left <= 0) return null;
  const when = `${new Date(expiresAtMs).toISOString().slice(0, 16).replace("T", " ")} UTC`;
  const soon = left <= DAY_MS ? "within a day" : `in ${Math.ceil(left / DAY_MS)} days`;
  return `The token for the team's database expires ${soon}, on ${when}: join again with a new one before.`;
}
