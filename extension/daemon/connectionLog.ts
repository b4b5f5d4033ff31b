import type { Log } from "../commands/sayFailure.ts";
import type { MeterState } from "./meterState.ts";

/** Writes into the log what becomes of the connection, once per change. */
export function createConnectionLog(log: Pick<Log, "info" | "warn">): (state: MeterState) => void {
  let said = "";
  return ({ connection, detail, status, stopped }) => {
    // Watching something else connects anew: that is no news.
    if (connection === "connecting") return;
    const key = JSON.stringify([connection, detail, status?.pid]);
    if (key === said) return;
    said = key;
    if (connection === "lost" && !stopped) log.warn(`The daemon is lost: ${detail ?? "no reason given"}`);
    else if (connection === "lost") log.info(detail ?? "The daemon is stopped.");
    else if (connection === "live" && status !== null) {
      log.info(`Live from daemon ${status.version}, process ${status.pid}.`);
    }
  };
}
