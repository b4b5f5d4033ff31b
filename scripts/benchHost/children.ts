import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";

export type Child = ChildProcess;

const started = new Set<ChildProcess>();

/** A longer wait means that something hangs; the slowest round takes a few seconds. */
const REPLY_TIMEOUT_MS = 120_000;

/** Starts one of the files of this folder (or named from it), which can be asked by messages. Nothing of the caller's Node options reaches it. */
export function startChild(file: string, flags: readonly string[], env: Record<string, string>): Child {
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), [], {
    execArgv: ["--expose-gc", ...flags],
    env: { ...process.env, NODE_OPTIONS: "", ...env },
  });
  started.add(child);
  child.once("exit", () => started.delete(child));
  return child;
}

/** Sends a question and resolves with the next message; rejects where the child ends or stays silent instead. */
export function reply<Message>(child: Child, question?: object): Promise<Message> {
  return new Promise((resolve, reject) => {
    const leave = () => {
      clearTimeout(timer);
      child.off("exit", ended);
      child.off("message", answered);
    };
    const ended = (code: number | null) => {
      leave();
      reject(new Error(`a process of the benchmark (${child.spawnargs.at(-1)}) ended with ${code}`));
    };
    const answered = (message: unknown) => {
      leave();
      resolve(message as Message);
    };
    const timer = setTimeout(() => {
      leave();
      reject(new Error(`a process of the benchmark (${child.spawnargs.at(-1)}) did not answer`));
    }, REPLY_TIMEOUT_MS);
    child.once("exit", ended);
    child.once("message", answered);
    if (question !== undefined) child.send(question);
  });
}

/** Ends what this file has started, stopped processes included. */
export function endChildren(): void {
  for (const child of started) child.kill("SIGKILL");
}
