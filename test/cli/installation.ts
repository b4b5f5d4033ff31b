import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { onTestFinished } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));

export const CLI_VERSION = "1.0.0";

/** What `npm run build` lays side by side in dist/, in a folder of its own: command line, daemon, shim. */
export interface Installation {
  folder: string;
  cli: string;
  registerFile: string;
}

let installed: Promise<Installation> | null = null;

/** Built from the sources, once per test file. */
export function installation(): Promise<Installation> {
  installed ??= install();
  return installed;
}

export async function install(): Promise<Installation> {
  // Within the project, so that the native package is found.
  const cache = join(root, "node_modules/.cache/taximeter-tests");
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, "cli-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  const common = {
    bundle: true,
    platform: "node",
    target: "node20",
    logLevel: "warning",
    define: { __TAXIMETER_VERSION__: JSON.stringify(CLI_VERSION) },
  } as const;
  await Promise.all([
    build({
      ...common,
      entryPoints: {
        cli: join(root, "daemon/cli/main.ts"),
        daemon: join(root, "daemon/main.ts"),
        "store-worker": join(root, "daemon/store/worker.ts"),
      },
      outdir: folder,
      outExtension: { ".js": ".mjs" },
      format: "esm",
      external: ["libsql"],
      banner: {
        js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
      },
    }),
    build({
      ...common,
      entryPoints: { register: join(root, "shim/register.ts"), shim: join(root, "shim/index.ts") },
      outdir: folder,
      outExtension: { ".js": ".cjs" },
      format: "cjs",
    }),
  ]);
  return { folder, cli: join(folder, "cli.mjs"), registerFile: join(folder, "register.cjs") };
}

export interface CliOptions {
  home: string;
  env?: Record<string, string>;
  cwd?: string;
  /** What is on its standard input; nothing by default. */
  input?: string;
}

/** The environment of a command: the test's own, without anything of a metered terminal. */
export function cleanEnvironment(home: string, env: Record<string, string> = {}): Record<string, string> {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(TAXIMETER|NODE_OPTIONS$|NO_COLOR$|FORCE_COLOR$|DISPLAY$|WAYLAND_DISPLAY$)/.test(name),
  );
  const own: Record<string, string> = {};
  for (const [name, value] of kept) if (value !== undefined) own[name] = value;
  return { ...own, ...env, TAXIMETER_HOME: home };
}

/** A command that runs; killed with the test where it still does. */
export interface RunningCli {
  child: ChildProcess;
  out(): string;
  err(): string;
  ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

export async function startCli(
  args: readonly string[],
  { home, env, cwd, input }: CliOptions,
): Promise<RunningCli> {
  const { cli } = await installation();
  const child = spawn(process.execPath, [cli, ...args], {
    cwd: cwd ?? root,
    env: cleanEnvironment(home, env),
    stdio: "pipe",
  });
  child.stdin.on("error", () => {}).end(input ?? "");
  let out = "";
  let err = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    out += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    err += text;
  });
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once("close", (code, signal) => resolve({ code, signal }));
  });
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    // In order, so that what it runs for somebody ends with it.
    child.kill("SIGTERM");
    await Promise.race([ended, sleep(5_000)]);
    child.kill("SIGKILL");
  });
  return { child, out: () => out, err: () => err, ended };
}

export interface CliResult {
  code: number | null;
  signal: NodeJS.Signals | null;
  out: string;
  err: string;
}

/** A command, run to its end. */
export async function taximeter(args: readonly string[], options: CliOptions): Promise<CliResult> {
  const running = await startCli(args, options);
  const { code, signal } = await running.ended;
  return { code, signal, out: running.out(), err: running.err() };
}

/** What a reading command prints with `--json`; fails where it did not end well. */
export async function taximeterJson(args: readonly string[], options: CliOptions): Promise<unknown> {
  const { code, out, err } = await taximeter([...args, "--json"], options);
  if (code !== 0) throw new Error(`taximeter ${args.join(" ")} ended with ${code}: ${err}`);
  return JSON.parse(out);
}
