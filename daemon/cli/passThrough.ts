import type { ChildProcess } from "node:child_process";
import { constants } from "node:os";

/**
 * Stands in for a child until it ends: signals that come to us go to it. Resolves with its exit code, or ends us by the
 * very signal that ended it, so that whoever waits for us sees what they would have seen without us. Rejects where it
 * could not be started.
 */
export async function passThrough(child: ChildProcess): Promise<number> {
  const forward = (signal: NodeJS.Signals) => {
    // Ctrl-C in a terminal goes to every process in front of it, the child too: once is what it would have got.
    if (signal === "SIGINT" && process.stdin.isTTY) return;
    child.kill(signal);
  };
  const signals: NodeJS.Signals[] = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"];
  for (const signal of signals) process.on(signal, forward);
  try {
    const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
      child.once("error", reject);
      child.once("exit", (...end) => resolve(end));
    });
    if (signal === null) return code ?? 1;
    for (const name of signals) process.off(name, forward);
    process.kill(process.pid, signal);
    // Where that signal does not end us, the shell's convention for it.
    return 128 + signalNumber(signal);
  } finally {
    for (const signal of signals) process.off(signal, forward);
  }
}

function signalNumber(signal: NodeJS.Signals): number {
  return constants.signals[signal] ?? 0;
}
