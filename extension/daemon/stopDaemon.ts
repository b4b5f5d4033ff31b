import { setTimeout as sleep } from "node:timers/promises";
import type { DaemonConnection } from "../../daemon/client/daemonConnection.ts";
import { DaemonUnavailableError } from "../../daemon/client/errors.ts";

const LEAVE_TIMEOUT_MS = 10_000;
const LOOK_AGAIN_MS = 100;

/**
 * Asks the daemon that runs to stop, and waits until it has. `connection` must be one that starts none. Resolves with
 * false where there was none to stop; rejects where it stays.
 */
export async function stopDaemon(connection: DaemonConnection, reason: string): Promise<boolean> {
  const pid = await runningPid(connection);
  if (pid === null) return false;
  try {
    await connection.request("shutdown", { body: { reason } });
  } catch (error) {
    if (!(error instanceof DaemonUnavailableError)) throw error;
  }
  const deadline = performance.now() + LEAVE_TIMEOUT_MS;
  while ((await runningPid(connection)) === pid) {
    if (performance.now() > deadline) {
      throw new Error(`The daemon (process ${pid}) was asked to stop and still runs.`);
    }
    await sleep(LOOK_AGAIN_MS);
  }
  return true;
}

async function runningPid(connection: DaemonConnection): Promise<number | null> {
  try {
    return (await connection.request("status", {})).pid;
  } catch (error) {
    if (error instanceof DaemonUnavailableError) return null;
    throw error;
  }
}
