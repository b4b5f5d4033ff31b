/**
 * How clients and daemon of different versions meet. A client talks to any daemon of its own protocol major.
 */
export const PROTOCOL = 1;

export const SERVICE_NAME = "taximeter";

/** Environment variables, the first word in every setting. */
export const environment = {
  /** `off` disables the shim wholly. */
  enabled: "TAXIMETER",
  home: "TAXIMETER_HOME",
  developer: "TAXIMETER_DEVELOPER",
  teamUrl: "TAXIMETER_TEAM_URL",
  teamToken: "TAXIMETER_TEAM_TOKEN",
  console: "TAXIMETER_CONSOLE",
  providers: "TAXIMETER_PROVIDERS",
  /** The workspace folder that the editor or the command line runs the process in. */
  workspace: "TAXIMETER_WORKSPACE",
  /** A source for the whole process, as set by `taximeter run --source`. */
  source: "TAXIMETER_SOURCE",
} as const;

/** Content of `daemon.json` (0600), written when the daemon listens, read by every client. */
export interface Discovery {
  pid: number;
  port: number;
  /** 256 bits, hex. */
  token: string;
  version: string;
  protocol: number;
  /** Drawn at each start, hex. */
  nonce: string;
}

/** Names within `TAXIMETER_HOME`. */
export const homeFiles = {
  discovery: "daemon.json",
  lock: "lock.db",
  store: "taximeter.db",
  spool: "spool",
  logs: "logs",
  config: "config.json",
  prices: "prices.json",
  catalogue: "price-catalogue.json",
  protection: "protection.json",
  protectionPrices: "protection-prices.json",
} as const;

/** A spool file is complete when it bears this ending: it is written under another name and renamed. */
export const SPOOL_SUFFIX = ".ndjson";

/**
 * What the listener must answer to `GET /v1/health?challenge=…` before a client gives it the token: proof that it knows
 * the token in `daemon.json`. Hex of HMAC-SHA-256 with the token as key over `nonce.challenge`.
 */
export async function proveIdentity(
  discovery: Pick<Discovery, "token" | "nonce">,
  challenge: string,
): Promise<string> {
  const text = new TextEncoder();
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", text.encode(discovery.token), algorithm, false, ["sign"]);
  const proof = await crypto.subtle.sign("HMAC", key, text.encode(`${discovery.nonce}.${challenge}`));
  return Array.from(new Uint8Array(proof), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
