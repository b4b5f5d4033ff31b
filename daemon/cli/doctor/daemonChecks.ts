import type { DaemonStatus } from "../../../shared/daemonStatus.ts";
import { messageOf } from "../../../shared/messageOf.ts";
import type { CommandContext } from "../context.ts";
import { counted, formatBytes } from "../format/numbers.ts";
import { daysBetween } from "../format/time.ts";
import { type Check, failed, ok, warning } from "./check.ts";

/**
 * The user's own daemon, which is started where it does not run: reached, proved to be who `daemon.json` says it is (the
 * connection gives its token to nobody else), and of our version.
 */
export async function checkDaemon(context: CommandContext): Promise<Check[]> {
  let status: DaemonStatus;
  try {
    status = await context.connect().request("status", {});
  } catch (error) {
    return [failed("daemon", messageOf(error), "Put that right, then run: taximeter start")];
  }
  const { version, pid, port } = status;
  const runs = `process ${pid} on port ${port}, identity proved`;
  return [
    version === context.version
      ? ok("daemon", `version ${version}, ${runs}`)
      : warning(
          "daemon",
          `version ${version}, this command line is ${context.version}; ${runs}`,
          "Update the older one.",
        ),
    checkStore(status),
    checkPrices(status, context.now()),
    ...status.warnings.map((text) => warning("daemon", text, "See `taximeter status`.")),
  ];
}

function checkStore({ storedCalls, storeBytes, recording, droppedCalls }: DaemonStatus): Check {
  const stored = `${counted(storedCalls, "call")}, ${formatBytes(storeBytes)}`;
  if (!recording)
    return warning(
      "store",
      `${stored}; paused: calls are not taken in.`,
      "Resume it in the dashboard or VS Code.",
    );
  return droppedCalls > 0
    ? warning("store", `${stored}; ${counted(droppedCalls, "call")} had to be dropped.`, "Is the disk full?")
    : ok("store", stored);
}

function checkPrices({ priceCatalogue: { version, date, stale } }: DaemonStatus, now: Date): Check {
  const age = daysBetween(Date.parse(date), now.getTime());
  const told = `catalogue ${version} of ${date}, ${counted(Math.max(0, age), "day")} old`;
  return stale
    ? warning("prices", told, "Update Taximeter, or run: taximeter prices update FILE")
    : ok("prices", told);
}
