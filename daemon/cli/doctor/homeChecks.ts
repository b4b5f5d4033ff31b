import { access, constants, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { messageOf } from "../../../shared/messageOf.ts";
import { homeFiles, SPOOL_SUFFIX } from "../../../shared/protocol.ts";
import { installPreloadStub } from "../../client/preload.ts";
import type { CommandContext } from "../context.ts";
import { counted, formatBytes } from "../format/numbers.ts";
import { type Check, failed, ok, warning } from "./check.ts";

/** The folder of all state: there, ours, writable, and closed to others. */
export async function checkHome({ home, platform }: CommandContext): Promise<Check> {
  const name = "home";
  try {
    const { uid, mode } = await stat(home);
    await access(home, constants.R_OK | constants.W_OK | constants.X_OK);
    if (platform !== "win32") {
      if (uid !== process.getuid?.()) {
        return failed(name, `${home} belongs to another user.`, "Choose another folder by TAXIMETER_HOME.");
      }
      if ((mode & 0o077) !== 0) {
        const octal = (mode & 0o777).toString(8);
        return failed(name, `${home} is open to others (mode ${octal}).`, `Run: chmod 700 '${home}'`);
      }
    }
    return ok(name, home);
  } catch (error) {
    if (isAbsent(error)) {
      return ok(name, `${home} is made when the daemon first starts.`);
    }
    return failed(
      name,
      `${home} cannot be used: ${messageOf(error)}.`,
      "Make it writable, or choose another by TAXIMETER_HOME.",
    );
  }
}

/** The preload: there, and installed at its stable place. */
export async function checkShim({ home, registerFile }: CommandContext): Promise<Check> {
  const name = "shim";
  try {
    await access(registerFile, constants.R_OK);
  } catch {
    return failed(name, `${registerFile} is missing.`, "Install Taximeter again.");
  }
  try {
    return ok(name, `preloaded from ${installPreloadStub({ home, registerFile })}`);
  } catch (error) {
    return failed(name, `The preload cannot be installed: ${messageOf(error)}.`, "Make the home writable.");
  }
}

/** Whether what is started from this very terminal is metered. */
export function checkTerminal({ env }: CommandContext): Check {
  const name = "terminal";
  if (env["TAXIMETER"] === "off") {
    return warning(name, "TAXIMETER=off: nothing started here is metered.", "Unset TAXIMETER.");
  }
  const options = env["NODE_OPTIONS"] ?? "";
  return /shim[\\/]+register\.cjs/.test(options)
    ? ok(name, "Node apps started here are metered.")
    : warning(
        name,
        "Node apps started here are not metered by themselves.",
        "Start them by `taximeter run -- <command>`, or from a new terminal in VS Code.",
      );
}

/** A spool that only grows is a daemon that does not read it. */
const OLD_SPOOL_MS = 10 * 60_000;

/** Calls that wait on disk for the daemon. */
export async function checkSpool({ home, now }: CommandContext): Promise<Check> {
  const name = "spool";
  const folder = join(home, homeFiles.spool);
  try {
    const files = (await readdir(folder)).filter((file) => file.endsWith(SPOOL_SUFFIX));
    if (files.length === 0) return ok(name, "empty");
    const stats = await Promise.all(files.map((file) => stat(join(folder, file)).catch(() => null)));
    const present = stats.filter((entry) => entry !== null);
    const bytes = present.reduce((sum, { size }) => sum + size, 0);
    const oldestMs = Math.min(...present.map(({ mtimeMs }) => mtimeMs));
    const waiting = `${counted(present.length, "file")} (${formatBytes(bytes)})`;
    return now().getTime() - oldestMs > OLD_SPOOL_MS
      ? warning(name, `${waiting} have waited for over ten minutes.`, "Run: taximeter restart")
      : ok(name, `${waiting} on the way into the store`);
  } catch (error) {
    if (isAbsent(error)) return ok(name, "empty");
    return failed(name, `${folder} cannot be read: ${messageOf(error)}.`, "Make it readable.");
  }
}

function isAbsent(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}
