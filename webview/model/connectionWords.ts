import type { DaemonStatus } from "../../shared/daemonStatus.ts";
import type { Connection } from "../../shared/messages.ts";
import { t } from "../localisation/t.ts";
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
      return { tone: "waiting", text: t("Connecting…"), hint: t("Waiting for the daemon") };
    case "lost":
      return { tone: "lost", text: t("Not connected"), hint: t("The daemon doesn't answer") };
    case "live":
      return status === null ? { tone: "live", text: t("Live"), hint: "" } : liveWords(status, formats);
    default:
      return connection satisfies never;
  }
}

function liveWords(status: DaemonStatus, formats: Formats): ConnectionWords {
  const hint = t(
    "Processes heard of in the last five minutes. {0} calls stored. Daemon {1}.",
    formats.count(status.storedCalls),
    status.version,
  );
  if (!status.recording)
    return { tone: "paused", text: t("Paused"), hint: `${t("No calls are taken in.")} ${hint}` };
  const runs = status.activeRuns;
  const text =
    runs === 0
      ? t("Live · no process")
      : runs === 1
        ? t("Live · 1 process")
        : t("Live · {0} processes", formats.count(runs));
  return { tone: "live", text, hint };
}
