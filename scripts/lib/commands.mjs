/**
 * Runs other programs for the scripts: bounded in time, with their whole process group, telling that they still run.
 * Plain JavaScript on Node's own modules: it runs before anything is installed.
 */
import { spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { dirname } from "node:path";

/** Longest silence before a line says that a step still runs. */
const HEARTBEAT_MS = 20_000;

/** Time to leave, for a command that took too long. */
const GRACE_MS = 5_000;

/** Ends a process with all its children, wherever they are of its own group. */
export function endProcessGroup(child, signal = "SIGKILL") {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    child.kill(signal);
  }
}

/** Children that must not outlive the script, however it ends. */
const running = new Set();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.on(signal, () => {
    for (const child of running) endProcessGroup(child);
    process.exit(1);
  });
}
process.on("exit", () => {
  for (const child of running) endProcessGroup(child);
});

/** Seconds since `startedAt`, for a reader: `0.4 s`, `75 s`. */
export function elapsed(startedAt) {
  const seconds = (Date.now() - startedAt) / 1000;
  return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
}

/**
 * Runs a command to its end and resolves with its exit code. Its output goes to the terminal, or to `logFile`, where a
 * line every 20 s says that it still runs. A command that takes longer than `timeoutMs` is ended and fails.
 */
export async function runCommand(command, args, { label, timeoutMs, logFile, env = process.env, cwd } = {}) {
  if (logFile !== undefined) await mkdir(dirname(logFile), { recursive: true });
  const startedAt = Date.now();
  const child = spawn(command, args, {
    cwd,
    env,
    detached: process.platform !== "win32",
    shell: process.platform === "win32",
    stdio: logFile === undefined ? ["ignore", "inherit", "inherit"] : ["ignore", "pipe", "pipe"],
  });
  running.add(child);
  const log = logFile === undefined ? null : createWriteStream(logFile);
  if (log !== null) {
    child.stdout.pipe(log, { end: false });
    child.stderr.pipe(log, { end: false });
  }
  const heartbeat = setInterval(() => {
    if (log !== null) console.log(`    … ${label ?? command}: still at it after ${elapsed(startedAt)}`);
  }, HEARTBEAT_MS);
  let timedOut = false;
  let killing;
  const timeout = setTimeout(() => {
    timedOut = true;
    // First a word, so that it can end what it started itself.
    endProcessGroup(child, "SIGTERM");
    killing = setTimeout(() => endProcessGroup(child), GRACE_MS);
  }, timeoutMs);
  try {
    const code = await new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (exitCode) => resolve(exitCode ?? 1));
    });
    if (timedOut) throw new Error(`${label ?? command} took longer than ${Math.round(timeoutMs / 1000)} s`);
    return code;
  } finally {
    clearInterval(heartbeat);
    clearTimeout(timeout);
    clearTimeout(killing);
    running.delete(child);
    log?.end();
  }
}

/** Like `runCommand`, but fails where the command does, with the last lines of its log. */
export async function runOrFail(command, args, options) {
  const code = await runCommand(command, args, options);
  if (code === 0) return;
  const label = options.label ?? `${command} ${args.join(" ")}`;
  const tail = options.logFile === undefined ? "" : `:\n${await lastLines(options.logFile, 25)}`;
  throw new Error(`${label} failed with exit code ${code}${tail}`);
}

async function lastLines(file, count) {
  const text = await readFile(file, "utf8").catch(() => "");
  return text.trimEnd().split("\n").slice(-count).join("\n");
}
