import { closeSync, constants, fstatSync, lstatSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Discovery, homeFiles } from "../../shared/protocol.ts";

/** Where the daemon says it is, and a mark that changes whenever the file is written anew. */
export interface Found {
  discovery: Discovery;
  mark: string;
}

/** Not followed where it is a link; 0 where the system has no such flag. */
const NO_FOLLOW = constants.O_NOFOLLOW ?? 0;
const MAX_BYTES = 64 * 1024;

/**
 * Reads `daemon.json`. Only a regular file that belongs to this user and that nobody else can read is believed: anything
 * else could be laid out by another to catch what is sent. `null` where there is none to be believed.
 */
export function readDiscovery(home: string): Found | null {
  let descriptor: number;
  try {
    descriptor = openSync(join(home, homeFiles.discovery), constants.O_RDONLY | NO_FOLLOW);
  } catch {
    return null;
  }
  try {
    const status = fstatSync(descriptor);
    if (!status.isFile() || status.size > MAX_BYTES) return null;
    const isOurs =
      process.platform === "win32" || (status.uid === process.getuid?.() && (status.mode & 0o777) === 0o600);
    if (!isOurs) return null;
    const discovery = parsed(readFileSync(descriptor, "utf8"));
    return discovery === null ? null : { discovery, mark: `${discovery.nonce}:${discovery.port}` };
  } catch {
    return null;
  } finally {
    closeSync(descriptor);
  }
}

/** The same for whoever asks again and again: read anew only when the file is another, or was touched. */
export function createDiscovery(home: string): () => Found | null {
  const file = join(home, homeFiles.discovery);
  let known: { found: Found | null; version: string } | undefined;
  return () => {
    const status = lstatSync(file, { throwIfNoEntry: false });
    if (status === undefined) return null;
    const { ino, ctimeMs, mode, uid, size } = status;
    const version = `${ino} ${ctimeMs} ${mode} ${uid} ${size}`;
    if (known?.version !== version) known = { found: readDiscovery(home), version };
    return known.found;
  };
}

/** Whether the process that the file names is there, as far as the system tells: a daemon that was killed leaves its file. */
export function isDaemonThere(home: string): boolean {
  const found = readDiscovery(home);
  if (found === null) return false;
  try {
    process.kill(found.discovery.pid, 0);
    return true;
  } catch (error) {
    return typeof error === "object" && error !== null && "code" in error && error.code === "EPERM";
  }
}

function parsed(text: string): Discovery | null {
  const value: unknown = JSON.parse(text);
  if (typeof value !== "object" || value === null) return null;
  const { pid, port, token, version, protocol, nonce } = value as Partial<Record<keyof Discovery, unknown>>;
  if (typeof port !== "number" || !Number.isInteger(port) || port < 1 || port > 65_535) return null;
  if (typeof token !== "string" || !/^[0-9a-f]{32,}$/i.test(token)) return null;
  if (typeof nonce !== "string" || typeof pid !== "number" || typeof protocol !== "number") return null;
  return { pid, port, token, nonce, protocol, version: typeof version === "string" ? version : "" };
}
