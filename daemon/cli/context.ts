import type { DaemonConnection } from "../client/daemonConnection.ts";
import type { Theme } from "./format/theme.ts";
import type { ReadSecret } from "./secretInput.ts";

/** A stream of the terminal, as far as a command may know of it. */
export interface Terminal {
  write(text: string): void;
  /** Resolves when what was written has been taken; long exports wait for it. */
  drained(): Promise<void>;
  isTty: boolean;
  /** Columns and rows now; without end where it is no terminal. */
  size(): { columns: number; rows: number };
}

/** What every command is given: the only way out of it to the world. */
export interface CommandContext {
  version: string;
  home: string;
  env: Readonly<Record<string, string | undefined>>;
  workingDirectory: string;
  platform: NodeJS.Platform;
  /** The Node that runs this command line, and runs the daemon and self-test too. */
  nodeFile: string;
  daemonFile: string;
  /** The shim's preload of this installation. */
  registerFile: string;
  readSecret: ReadSecret;
  out: Terminal;
  err: Terminal;
  theme: Theme;
  now(): Date;
  /** The connection, made once; `start: false` uses a daemon that runs and starts none. */
  connect(options?: { start: boolean }): DaemonConnection;
  /** The exit code of the process, where it is not to be 0. */
  exitWith(code: number): void;
}
