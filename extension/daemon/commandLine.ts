import { spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import type { LaunchCommand } from "../../daemon/client/daemonConnection.ts";

/** The command line that comes with the extension, run by the editor's own runtime. */
export interface CommandLine {
  /**
   * Its output as a file, which appears only once it is whole. False where aborted; rejects with the last line of what it
   * said on stderr.
   */
  runToFile(args: readonly string[], file: string, signal: AbortSignal): Promise<boolean>;
  /** Its output as it comes, both streams. Resolves with the exit code; rejects where it could not be run. */
  run(args: readonly string[], onOutput: (text: string) => void, signal: AbortSignal): Promise<number | null>;
}

export function createCommandLine(launch: (args: readonly string[]) => LaunchCommand): CommandLine {
  const start = (args: readonly string[], signal: AbortSignal) => {
    const { command, args: launchArgs, env } = launch(args);
    const child = spawn(command, [...launchArgs], {
      env,
      signal,
      windowsHide: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const ended = new Promise<number | null>((resolve, reject) => {
      child.on("error", reject);
      child.on("close", resolve);
    });
    return { child, ended };
  };
  return {
    async runToFile(args, file, signal) {
      const { child, ended } = start(args, signal);
      const partial = `${file}.partial`;
      let said = "";
      child.stderr.setEncoding("utf8").on("data", (text: string) => {
        said = (said + text).slice(-4000);
      });
      try {
        const [code] = await Promise.all([ended, pipeline(child.stdout, createWriteStream(partial))]);
        if (code !== 0) throw new Error(lastLine(said) || `The command line ended with exit code ${code}.`);
        await rename(partial, file);
        return true;
      } catch (error) {
        child.kill();
        await rm(partial, { force: true });
        if (signal.aborted) return false;
        throw error;
      }
    },
    run(args, onOutput, signal) {
      const { child, ended } = start(args, signal);
      child.stdout.setEncoding("utf8").on("data", onOutput);
      child.stderr.setEncoding("utf8").on("data", onOutput);
      return ended;
    },
  };
}

function lastLine(text: string): string {
  return text.trimEnd().split("\n").at(-1)?.trim() ?? "";
}
