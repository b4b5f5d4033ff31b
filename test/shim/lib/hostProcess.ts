import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";
import type { CallReport } from "../../../shared/call.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));

/** The shim's bundles, built from source as `esbuild.config.mjs` does, in a folder of their own. */
export interface ShimBundles {
  folder: string;
  registerCjs: string;
  registerMjs: string;
  /** The API, as an application imports it. */
  apiMjs: string;
  apiCjs: string;
  remove(): Promise<void>;
}

export async function buildShim(): Promise<ShimBundles> {
  const folder = await mkdtemp(join(tmpdir(), "taximeter-shim-"));
  await Promise.all(
    ["register", "index"].flatMap((entry) =>
      (["cjs", "esm"] as const).map((format) =>
        esbuild.build({
          entryPoints: [join(root, "shim", `${entry}.ts`)],
          outfile: join(folder, `${entry}.${format === "cjs" ? "cjs" : "mjs"}`),
          bundle: true,
          minify: true,
          platform: "node",
          target: "node20",
          format,
          logLevel: "warning",
        }),
      ),
    ),
  );
  return {
    folder,
    registerCjs: join(folder, "register.cjs"),
    registerMjs: join(folder, "register.mjs"),
    apiMjs: join(folder, "index.mjs"),
    apiCjs: join(folder, "index.cjs"),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

export interface HostOptions {
  /** Code of the host, an ES module unless `file` ends in `.cjs`. */
  code: string;
  file?: string;
  /** Flags of Node, the preload among them. */
  flags: readonly string[];
  env?: Record<string, string>;
  node?: string;
  /** Called with the running child, to kill it or to talk to it. */
  during?(child: ChildProcess): void;
}

export interface HostRun {
  stdout: string;
  stderr: string;
  code: number | null;
  signal: NodeJS.Signals | null;
}

const TIMEOUT_MS = 60_000;

export interface NodeOptions {
  node?: string;
  args: readonly string[];
  cwd: string;
  /** The whole environment, but for what Node itself needs. */
  env: Record<string, string>;
  /** It is killed after so long. */
  timeoutMs?: number;
  during?(child: ChildProcess): void;
}

/** Runs Node to its end. */
export async function runNode(options: NodeOptions): Promise<HostRun> {
  const { node, args, cwd, env, timeoutMs = TIMEOUT_MS, during } = options;
  const child = spawn(node ?? process.execPath, args, {
    cwd,
    env: { PATH: process.env["PATH"], NODE_NO_WARNINGS: "1", ...env },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: timeoutMs,
    killSignal: "SIGKILL",
  });
  during?.(child);
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve({ stdout, stderr, code, signal }));
  });
}

/** Runs code as a host, in a folder of its own. */
export async function runHost(
  folder: string,
  { code, file = "host.mjs", flags, env, ...rest }: HostOptions,
): Promise<HostRun> {
  const path = join(folder, file);
  await writeFile(path, code);
  return runNode({ ...rest, args: [...flags, path], cwd: folder, env: { HOME: folder, ...env } });
}

/** What lies in the spool, in order of its files. */
export async function readSpool(home: string): Promise<CallReport[]> {
  const folder = join(home, "spool");
  const files = await readdir(folder).catch(() => []);
  const texts = await Promise.all(
    files
      .filter((file) => file.endsWith(".ndjson"))
      .toSorted()
      .map((file) => readFile(join(folder, file), "utf8")),
  );
  return texts.flatMap((text) =>
    text
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as CallReport),
  );
}
