import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { type Discovery, homeFiles } from "../../shared/protocol.ts";

/** `refused`: there is a file, but not one to trust with a request; one sentence for the user. */
export type DiscoveryReading =
  | { kind: "found"; discovery: Discovery }
  | { kind: "absent" }
  | { kind: "refused"; reason: string };

const MAX_BYTES = 10_000;

/**
 * Reads `daemon.json` of a home. Whoever can write that file can have our requests, so it must be a regular file, our
 * own, and nobody else's to read or write. A file that is half written or no discovery counts as absent: it is about to
 * be replaced.
 */
export async function readDiscovery(home: string): Promise<DiscoveryReading> {
  const path = join(home, homeFiles.discovery);
  // A link is refused by the opening itself, so that nothing can be swapped between a look and the reading.
  const noFollow = process.platform === "win32" ? 0 : constants.O_NOFOLLOW | constants.O_NONBLOCK;
  let file: Awaited<ReturnType<typeof open>>;
  try {
    file = await open(path, constants.O_RDONLY | noFollow);
  } catch (error) {
    const code = errorCode(error);
    if (code === "ENOENT" || code === "ENOTDIR") return { kind: "absent" };
    if (code === "ELOOP") return refused(path, "it is a symbolic link");
    return refused(path, `it cannot be read (${code ?? String(error)})`);
  }
  try {
    const stats = await file.stat();
    if (!stats.isFile()) return refused(path, "it is no regular file");
    if (process.getuid !== undefined) {
      if (stats.uid !== process.getuid()) return refused(path, "it belongs to another user");
      if ((stats.mode & 0o077) !== 0) return refused(path, "other users can read or write it");
    }
    if (stats.size > MAX_BYTES) return { kind: "absent" };
    const discovery = parseDiscovery(await file.readFile("utf8"));
    return discovery === null ? { kind: "absent" } : { kind: "found", discovery };
  } finally {
    await file.close();
  }
}

/** Content of `daemon.json`, or `null` where it is no discovery. */
export function parseDiscovery(text: string): Discovery | null {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof content !== "object" || content === null) return null;
  const { pid, port, token, version, protocol, nonce } = content as Record<string, unknown>;
  if (typeof pid !== "number" || typeof port !== "number" || typeof protocol !== "number") return null;
  if (typeof token !== "string" || typeof version !== "string" || typeof nonce !== "string") return null;
  if (!Number.isInteger(port) || port < 1 || port > 65_535 || token === "") return null;
  return { pid, port, token, version, protocol, nonce };
}

function refused(path: string, why: string): DiscoveryReading {
  return {
    kind: "refused",
    reason: `${path} is not used because ${why}. Delete it, then start the daemon again.`,
  };
}

function errorCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}
