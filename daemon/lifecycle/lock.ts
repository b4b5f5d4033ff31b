import Database from "libsql";
import { messageOf } from "../../shared/messageOf.ts";
import { StartFailure } from "./home.ts";

/** Held for life: the kernel lets it go when the process ends, however it ends. */
export interface Lock {
  release(): void;
}

/**
 * Takes the lock, or answers `null` where another process holds it. One connection for one attempt: one that was refused
 * is of no use any more.
 */
export function tryLock(file: string): Lock | null {
  let database: Database.Database | null = null;
  try {
    database = new Database(file, { timeout: 0 });
    database.exec("BEGIN EXCLUSIVE");
    const held = database;
    return { release: () => held.close() };
  } catch (error) {
    database?.close();
    if (error instanceof Error && "code" in error && isBusy(error.code)) return null;
    const message = messageOf(error);
    throw new StartFailure(`${file} cannot be locked: ${message}.`);
  }
}

function isBusy(code: unknown): boolean {
  return typeof code === "string" && (code.startsWith("SQLITE_BUSY") || code.startsWith("SQLITE_LOCKED"));
}
