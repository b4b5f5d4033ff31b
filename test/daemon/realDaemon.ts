import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, onTestFinished } from "vitest";
import { createConnection } from "../../daemon/client/connection.ts";
import type { DaemonConnection } from "../../daemon/client/daemonConnection.ts";
import { parseDiscovery } from "../../daemon/client/discovery.ts";
import type { Discovery } from "../../shared/protocol.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const builds = new Map<string, Promise<string>>();
const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

export const CURRENT_VERSION = "1.0.0";

/** The daemon as a bundle that believes to be of this version. Answers the path of `daemon.mjs`. */
export function daemonBundle(version = CURRENT_VERSION): Promise<string> {
  const known = builds.get(version) ?? bundle(version);
  builds.set(version, known);
  return known;
}

async function bundle(version: string): Promise<string> {
  // Within the project, so that the native package is found.
  const cache = join(root, "node_modules/.cache/taximeter-tests");
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, "daemon-"));
  folders.push(folder);
  await build({
    entryPoints: {
      daemon: join(root, "daemon/main.ts"),
      "store-worker": join(root, "daemon/store/worker.ts"),
    },
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    platform: "node",
    target: "node20",
    format: "esm",
    external: ["libsql"],
    logLevel: "warning",
    define: { __TAXIMETER_VERSION__: JSON.stringify(version) },
    banner: {
      js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
    },
  });
  return join(folder, "daemon.mjs");
}

/**
 * A home that goes with the test, and with it the daemon that it names, or that is about to: a command may have ended
 * while the daemon that it started was still on its way.
 */
export function temporaryHome(): string {
  const parent = mkdtempSync(join(tmpdir(), "taximeter-home-"));
  const home = join(parent, "state");
  onTestFinished(async () => {
    const discovery = discoveryIn(home);
    // Tests write discoveries of their own, which name this very process.
    if (discovery !== null && discovery.pid !== process.pid) await end(discovery.pid);
    for (const pid of processesAt(home)) await end(pid);
    rmSync(parent, { recursive: true, force: true, maxRetries: 5 });
  });
  return home;
}

/** Other processes whose `TAXIMETER_HOME` is this one, where the system tells. */
function processesAt(home: string): number[] {
  if (process.platform !== "linux") return [];
  return readdirSync("/proc")
    .map(Number)
    .filter((pid) => pid > 0 && pid !== process.pid && environmentOf(pid).includes(`TAXIMETER_HOME=${home}`));
}

function environmentOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
  } catch {
    // It has gone, or belongs to somebody else.
    return [];
  }
}

export function discoveryIn(home: string): Discovery | null {
  try {
    return parseDiscovery(readFileSync(join(home, "daemon.json"), "utf8"));
  } catch {
    return null;
  }
}

export interface StartedDaemon {
  child: ChildProcess;
  /** What it said on standard error so far. */
  said(): string;
  /** Its exit code, once it has ended. */
  ended: Promise<number | null>;
}

export interface StartOptions {
  home: string;
  version?: string;
  args?: string[];
  env?: Record<string, string>;
}

/** Starts a daemon of this process; it ends with the test. */
export async function startDaemon({
  home,
  version,
  args = [],
  env = {},
}: StartOptions): Promise<StartedDaemon> {
  const path = await daemonBundle(version);
  const child = spawn(process.execPath, [path, ...args], {
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, NODE_OPTIONS: "", ...env, TAXIMETER_HOME: home },
  });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  onTestFinished(async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
    await ended;
  });
  return { child, said: () => said, ended };
}

/** A daemon that listens. */
export async function runningDaemon(
  options: StartOptions,
): Promise<StartedDaemon & { discovery: Discovery }> {
  const daemon = await startDaemon(options);
  const discovery = await eventually(() => {
    const found = discoveryIn(options.home);
    return found?.pid === daemon.child.pid ? found : null;
  }, daemon.said);
  return { ...daemon, discovery };
}

export interface ConnectOptions {
  home: string;
  version?: string;
  /** Version of the daemon that this client starts; `null`: it starts none. */
  launches?: string | null;
  args?: string[];
}

/** A client, closed with the test. */
export async function connect(options: ConnectOptions): Promise<DaemonConnection> {
  const { home, version = CURRENT_VERSION, launches = version, args = [] } = options;
  const connection = createConnection({
    home,
    version,
    launch:
      launches === null
        ? null
        : { command: process.execPath, args: [await daemonBundle(launches), ...args], env: {} },
  });
  onTestFinished(() => connection.dispose());
  return connection;
}

/** Waits until `find` finds something, fifteen seconds at most. */
export async function eventually<T>(find: () => T | null | Promise<T | null>, why = () => ""): Promise<T> {
  const deadline = performance.now() + 15_000;
  for (;;) {
    const found = await find();
    if (found !== null && found !== false) return found;
    if (performance.now() > deadline) throw new Error(`It never came about. ${why()}`);
    await sleep(10);
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function end(pid: number): Promise<void> {
  try {
    process.kill(pid, "SIGTERM");
  } catch {
    return;
  }
  const deadline = performance.now() + 5_000;
  while (isAlive(pid) && performance.now() < deadline) await sleep(10);
  if (isAlive(pid)) process.kill(pid, "SIGKILL");
}
