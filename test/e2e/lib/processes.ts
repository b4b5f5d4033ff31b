import { type ChildProcess, spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";

export interface RunningProcess {
  pid: number;
  /** Everything it has printed so far, both streams. */
  output(): string;
  /** Resolves with the first match in its output; rejects when it ends first or after `timeoutMs`. */
  waitForOutput(pattern: RegExp, timeoutMs: number): Promise<RegExpMatchArray>;
  /** Exit code, or `null` for a signal. */
  exited: Promise<number | null>;
  /** Ends it and all its children; resolves when it is gone. */
  stop(): Promise<void>;
}

export interface ProcessOptions {
  env: NodeJS.ProcessEnv;
  cwd: string;
}

/** Children that must not outlive the tests, however these end. */
const running = new Set<ChildProcess>();
process.on("exit", () => {
  for (const child of running) signalGroup(child, "SIGKILL");
});
process.once("SIGTERM", () => process.exit(143));

/** Starts a command in a process group of its own, so that whatever it starts ends with it. */
export function startProcess(command: string, args: string[], options: ProcessOptions): RunningProcess {
  const child = spawn(command, args, { ...options, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  running.add(child);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8");
    stream.on("data", (text: string) => {
      output += text;
    });
  }
  const exited = new Promise<number | null>((resolve) => {
    child.once("error", (error) => {
      output += `\n${error.message}`;
      resolve(1);
    });
    child.once("exit", resolve);
  });
  let ended = false;
  void exited.then(() => {
    ended = true;
  });

  return {
    pid: child.pid ?? -1,
    output: () => output,
    exited,
    async waitForOutput(pattern, timeoutMs) {
      const deadline = Date.now() + timeoutMs;
      for (;;) {
        const match = output.match(pattern);
        if (match !== null) return match;
        if (ended) throw new Error(`${command} ended without printing ${pattern}:\n${output}`);
        if (Date.now() > deadline) throw new Error(`${command} did not print ${pattern} in time:\n${output}`);
        await sleep(50);
      }
    },
    async stop() {
      signalGroup(child, "SIGTERM");
      await Promise.race([exited, sleep(5000, undefined, { ref: false })]);
      signalGroup(child, "SIGKILL");
      running.delete(child);
    },
  };
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // Gone already, with its group.
  }
}

/** Calls `attempt` until it returns something other than `undefined`; what it throws last is the reason of the failure. */
export async function eventually<Value>(
  what: string,
  attempt: () => Promise<Value | undefined> | Value | undefined,
  timeoutMs = 20_000,
): Promise<Value> {
  const deadline = Date.now() + timeoutMs;
  let reason: unknown;
  for (;;) {
    try {
      const value = await attempt();
      if (value !== undefined) return value;
    } catch (error) {
      reason = error;
    }
    if (Date.now() > deadline) {
      throw new Error(`${what}: not within ${timeoutMs} ms`, reason === undefined ? {} : { cause: reason });
    }
    await sleep(100);
  }
}
