import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createConnection } from "../../../daemon/client/connection.ts";
import type { DaemonConnection } from "../../../daemon/client/daemonConnection.ts";
import { readDiscovery } from "../../../daemon/client/discovery.ts";
import type { Discovery } from "../../../shared/protocol.ts";

export const projectDirectory = fileURLToPath(new URL("../../../", import.meta.url));

/** Path of a bundle in `dist/`; these tests are of what is built. */
export function builtFile(name: string): string {
  const path = join(projectDirectory, "dist", name);
  if (!existsSync(path)) throw new Error(`${path} is not there: run "npm run build" first`);
  return path;
}

export async function productVersion(): Promise<string> {
  const manifest: { version: string } = JSON.parse(
    await readFile(join(projectDirectory, "package.json"), "utf8"),
  );
  return manifest.version;
}

/** The daemon that somebody else runs in this home. */
export async function connectToDaemon(home: string): Promise<DaemonConnection> {
  return createConnection({ home, version: await productVersion(), launch: null });
}

/** The daemon of this home, the built one, started on the first request. */
export async function startDaemon(home: string): Promise<DaemonConnection> {
  return createConnection({
    home,
    version: await productVersion(),
    launch: { command: process.execPath, args: [builtFile("daemon.mjs")], env: {} },
  });
}

/** What `daemon.json` says, or `undefined` where there is none. */
export async function discovered(home: string): Promise<Discovery | undefined> {
  const reading = await readDiscovery(home);
  return reading.kind === "found" ? reading.discovery : undefined;
}

/** Ends the daemon of a home for good, whatever state it is in. */
export async function endDaemon(home: string): Promise<void> {
  const discovery = await discovered(home).catch(() => undefined);
  if (discovery === undefined) return;
  try {
    process.kill(discovery.pid, "SIGKILL");
  } catch {
    // Gone already.
  }
}
