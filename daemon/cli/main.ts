#!/usr/bin/env node
import { homedir } from "node:os";
import { fileURLToPath } from "node:url";
import { stateDirectory } from "../../shared/home.ts";
import { createConnection } from "../client/connection.ts";
import type { DaemonConnection } from "../client/daemonConnection.ts";
import type { CommandContext } from "./context.ts";
import { createTheme, wantsColour } from "./format/theme.ts";
import { daemonLaunch } from "./launch.ts";
import { runProgram } from "./program.ts";
import { secretReader } from "./secretInput.ts";
import { openTerminal } from "./terminal.ts";

declare const __TAXIMETER_VERSION__: string;

const { env, platform } = process;
const besides = (file: string) => fileURLToPath(new URL(file, import.meta.url));
const home = stateDirectory({ env, platform, homeDirectory: homedir() });
const out = openTerminal(process.stdout);
const err = openTerminal(process.stderr);
const nodeFile = process.execPath;
const daemonFile = besides("daemon.mjs");

/** By whether they may start a daemon. */
const connections = new Map<boolean, DaemonConnection>();
let exitCode = 0;

function connect(start: boolean): DaemonConnection {
  const known = connections.get(start);
  if (known !== undefined) return known;
  const launch = start ? daemonLaunch({ nodeFile, daemonFile }) : null;
  const connection = createConnection({ home, version: __TAXIMETER_VERSION__, launch });
  connections.set(start, connection);
  return connection;
}

const context: CommandContext = {
  version: __TAXIMETER_VERSION__,
  home,
  env,
  workingDirectory: process.cwd(),
  platform,
  nodeFile,
  daemonFile,
  registerFile: besides("register.cjs"),
  readSecret: (prompt) => secretReader(process.stdin, (text) => err.write(text))(prompt),
  out,
  err,
  theme: createTheme(wantsColour(out.isTty, env)),
  now: () => new Date(),
  connect: (options) => connect(options?.start ?? true),
  exitWith(code) {
    exitCode = code;
  },
};

const ending = await runProgram(context, process.argv.slice(2));
if (ending.line !== null) err.write(`taximeter: ${ending.line}\n`);
for (const connection of connections.values()) connection.dispose();
await Promise.all([out.drained(), err.drained()]);
// Whatever a command has left open (a daemon that is still starting) does not keep the terminal.
process.exit(ending.code === 0 ? exitCode : ending.code);
