import type { DaemonStatus } from "../../shared/daemonStatus.ts";
import type { Connection } from "../../shared/messages.ts";
import type { Formats } from "./formats.ts";

export interface ConnectionWords {
  tone: "live" | "paused" | "waiting" | "lost";
  text: string;
  hint: string;
}

/** The state of the line to the daemon, for the header. */
export function connectionWords(
  connection: Connection,
  status: DaemonStatus | null,
  formats: Formats,
): ConnectionWords {
  switch (connection) {
    case "connecting":
      return { tone: "waiting", text: "Connecting…", hint: "Waiting for the daemon" };
    case "lost":
      return { tone: "lost", text: "Not connected", hint: "The daemon doesn't answer" };
    case "live":
      return status === null ? { tone: "live", text: "Live", hint: "" } : liveWords(status, formats);
    default:
      return connection satisfies never;
  }
}

function liveWords(status: DaemonStatus, formats: Formats): ConnectionWords {
  const hint = `Processes heard of in the last five minutes. ${formats.count(status.storedCalls)} calls stored. Daemon ${status.version}.`;
  if (!status.recording) return { tone: "paused", text: "Paused", hint: `No calls are taken in. ${hint}` };
  const runs = status.activeRuns;
  const processes =
    runs === 0 ? "no process" : `${formats.count(runs)} ${runs === 1 ? "process" : "processes"}`;
  return { tone: "live", text: `Live · ${processes}`, hint };
}
