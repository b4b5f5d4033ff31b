import { parseArgs } from "node:util";

export interface DaemonOptions {
  /** Milliseconds without activity after which the daemon leaves. */
  idleMs: number;
  /** Whether the log also goes to standard error. */
  foreground: boolean;
  /** How often the daemon looks whether `daemon.json` still names it. */
  watchMs: number;
  /** How long it waits for a lock that another process holds. */
  lockWaitMs: number;
}

const DEFAULT_IDLE_MS = 30 * 60_000;

/** From the command line; `TAXIMETER_IDLE_MS` in the environment where that says nothing of it. */
export function daemonOptions(
  args: string[],
  env: Readonly<Record<string, string | undefined>>,
): DaemonOptions {
  const { values } = parseArgs({
    args,
    options: {
      "idle-ms": { type: "string" },
      "watch-ms": { type: "string" },
      "lock-wait-ms": { type: "string" },
      foreground: { type: "boolean" },
    },
  });
  return {
    idleMs: positive(values["idle-ms"] ?? env["TAXIMETER_IDLE_MS"]) ?? DEFAULT_IDLE_MS,
    watchMs: positive(values["watch-ms"]) ?? 5_000,
    lockWaitMs: positive(values["lock-wait-ms"]) ?? 12_000,
    foreground: values.foreground ?? false,
  };
}

function positive(text: string | undefined): number | null {
  const number = Number(text);
  return Number.isFinite(number) && number > 0 ? number : null;
}
