import { setTimeout as sleep } from "node:timers/promises";
import { Command } from "commander";
import { DaemonUnavailableError, NoDaemonError } from "../../client/errors.ts";
import type { CommandContext } from "../context.ts";
import { CommandFailure } from "../failures.ts";
import { printLines } from "../print.ts";

const STOP_TIMEOUT_MS = 20_000;

/** `taximeter stop`: asks the daemon to finish what it has and leave. */
export function stopCommand(context: CommandContext): Command {
  return new Command("stop").description("stops the daemon").action(async () => {
    const stopped = await stopDaemon(context, "taximeter stop");
    printLines(context, [stopped ? "The daemon has stopped." : "No daemon was running."]);
  });
}

/** False where none ran. Fails where it does not leave in time. */
export async function stopDaemon(context: CommandContext, reason: string): Promise<boolean> {
  const connection = context.connect({ start: false });
  const isRunning = () =>
    connection.request("status", {}).then(
      ({ pid }) => pid,
      (error: unknown) => {
        if (error instanceof NoDaemonError) return null;
        throw error;
      },
    );
  const pid = await isRunning();
  if (pid === null) return false;
  // It may be gone before it has answered.
  await connection.request("shutdown", { body: { reason } }).catch((error: unknown) => {
    if (!(error instanceof DaemonUnavailableError)) throw error;
  });
  const deadlineMs = Date.now() + STOP_TIMEOUT_MS;
  while (Date.now() < deadlineMs) {
    if (!isAlive(pid)) return true;
    await sleep(50);
  }
  throw new CommandFailure(`The daemon (process ${pid}) was asked to stop and still runs.`);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
