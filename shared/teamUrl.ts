/** Why a text is no address of a team's database: a sentence. */
export interface UrlProblem {
  ok: false;
  problem: string;
}

const LONGEST = 2_000;

/**
 * The address of a libSQL server: `libsql:`, `https:`, or `http:` of one's own. A token has no place in it, since an
 * address is stored and shown.
 */
export function parseTeamUrl(text: string): { ok: true; url: string } | UrlProblem {
  const problem = (words: string): UrlProblem => ({ ok: false, problem: words });
  if (text.length > LONGEST) return problem("is too long");
  let url: URL;
  try {
    url = new URL(text.trim());
  } catch {
    return problem("must be a URL like libsql://team-name.turso.io");
  }
  if (!["libsql:", "https:", "http:"].includes(url.protocol)) {
    return problem("must begin with libsql://, https:// or http://");
  }
  if (url.hostname === "") return problem("names no host");
  if (url.username !== "" || url.password !== "" || url.searchParams.has("authToken")) {
    return problem("must not hold a token or a password: give the token apart from it");
  }
  url.hash = "";
  return { ok: true, url: url.href.replace(/\/$/, "") };
}

/** Whether what is sent there can be read on the way. */
export function isUnprotected(url: string): boolean {
  const { protocol, hostname, searchParams } = new URL(url);
  const local = ["localhost", "127.0.0.1", "[::1]"].includes(hostname);
  return !local && (protocol === "http:" || searchParams.get("tls") === "0");
}
