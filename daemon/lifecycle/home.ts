import { chmod, open, stat, unlink } from "node:fs/promises";
import { join } from "node:path";
import { homeFiles } from "../../shared/protocol.ts";
import { makeFolder } from "../client/folder.ts";

/** The daemon cannot start. `message` is one line that says why, for a user. */
export class StartFailure extends Error {
  override name = "StartFailure";
}

/** Where everything of one user's daemon is. */
export interface Home {
  directory: string;
  discoveryFile: string;
  lockFile: string;
  storeFile: string;
  spoolDirectory: string;
  logFile: string;
  configFile: string;
  pricesFile: string;
  catalogueFile: string;
  protectionFile: string;
  protectionPricesFile: string;
}

export function homeAt(directory: string): Home {
  return {
    directory,
    discoveryFile: join(directory, homeFiles.discovery),
    lockFile: join(directory, homeFiles.lock),
    storeFile: join(directory, homeFiles.store),
    spoolDirectory: join(directory, homeFiles.spool),
    logFile: join(directory, homeFiles.logs, "daemon.log"),
    configFile: join(directory, homeFiles.config),
    pricesFile: join(directory, homeFiles.prices),
    catalogueFile: join(directory, homeFiles.catalogue),
    protectionFile: join(directory, homeFiles.protection),
    protectionPricesFile: join(directory, homeFiles.protectionPrices),
  };
}

/** Makes the home and its folders, for this user's eyes only. Throws `StartFailure` where that cannot be. */
export async function prepareHome(home: Home): Promise<void> {
  const { directory } = home;
  try {
    makeFolder(directory);
    const stats = await stat(directory);
    if (process.getuid !== undefined && stats.uid !== process.getuid()) {
      throw new StartFailure(
        `${directory} belongs to another user. Set TAXIMETER_HOME to a folder of your own.`,
      );
    }
    if (process.platform !== "win32" && (stats.mode & 0o077) !== 0) await chmod(directory, 0o700);
    await proveWritable(directory);
    for (const folder of [homeFiles.spool, homeFiles.logs]) {
      makeFolder(join(directory, folder));
    }
  } catch (error) {
    if (error instanceof StartFailure) throw error;
    throw new StartFailure(
      `${directory} cannot be written: ${reasonOf(error)}. Set TAXIMETER_HOME to a folder that can.`,
    );
  }
}

async function proveWritable(directory: string): Promise<void> {
  const path = join(directory, `.writable-${process.pid}`);
  await (await open(path, "w", 0o600)).close();
  await unlink(path);
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = "code" in error ? error.code : undefined;
  if (code === "EACCES" || code === "EPERM") return "permission denied";
  if (code === "EROFS") return "it is on a read-only file system";
  if (code === "ENOSPC") return "the disk is full";
  if (code === "ENOTDIR" || code === "EEXIST") return "a file stands in its place";
  return error.message;
}
