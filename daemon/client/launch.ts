import { spawn } from "node:child_process";
import { homedir } from "node:os";
import { environment } from "../../shared/protocol.ts";
import type { LaunchCommand } from "./daemonConnection.ts";

/** A daemon that was asked to start. */
export interface Launched {
  /** `undefined` where it could not be run. */
  pid: number | undefined;
  /** `null` while it runs; once it has ended, its exit code and the last line it said. */
  ended(): { code: number | null; lastWords: string } | null;
  /** Cuts the last tie to it: it lives on by itself. */
  letGo(): void;
}

const MAX_WORDS = 4_000;

/**
 * Starts a daemon of its own session, which outlives us. Its standard error is listened to until it is let go: a daemon
 * that cannot start says there why, and a read-only home leaves it nowhere else to say it.
 */
export function launchDaemon(launch: LaunchCommand, home: string): Launched {
  const child = spawn(launch.command, [...launch.args], {
    detached: true,
    windowsHide: true,
    cwd: homedir(),
    stdio: ["ignore", "ignore", "pipe"],
    env: {
      ...process.env,
      ...launch.env,
      [environment.home]: home,
      // The daemon is no dev process: the shim has no business in it.
      [environment.enabled]: "off",
      NODE_OPTIONS: undefined,
    },
  });
  let words = "";
  let end: { code: number | null; lastWords: string } | null = null;
  child.stderr.setEncoding("utf8");
  child.stderr.on("data", (text: string) => {
    words = (words + text).slice(-MAX_WORDS);
  });
  child.stderr.on("error", () => {});
  child.on("error", (error) => {
    end ??= { code: null, lastWords: `${launch.command} cannot be run: ${error.message}` };
  });
  // `close`, not `exit`: by then its last words have been read.
  child.on("close", (code) => {
    end ??= { code, lastWords: lastLine(words) };
  });
  return {
    pid: child.pid,
    ended: () => end,
    letGo() {
      child.stderr.destroy();
      child.unref();
    },
  };
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1)?.trim() ?? "";
}
