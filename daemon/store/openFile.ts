import { rmSync, statSync } from "node:fs";
import { connect, type Database, sqliteCode } from "./database.ts";
import { type Migration, migrations } from "./migrations.ts";
import { StoreTooNewError } from "./store.ts";

export interface OpenOptions {
  file: string;
  /** Check the whole file, however large: something was wrong with it before. */
  suspect: boolean;
  /** Injected for tests of the ladder. */
  ladder?: readonly Migration[];
}

/** How long a statement waits for another process that locks the file; none should. */
const BUSY_TIMEOUT_MS = 5_000;

/** A check reads the whole file, about 1 s for this size. Larger ones are only checked where there is a suspicion. */
const CHECKED_UP_TO_BYTES = 128 * 1024 * 1024;

/** Whether the error says that the file itself is broken. */
export function isCorruption(error: unknown): boolean {
  if (error instanceof CorruptFileError) return true;
  const code = sqliteCode(error);
  return code === "SQLITE_NOTADB" || (code?.startsWith("SQLITE_CORRUPT") ?? false);
}

class CorruptFileError extends Error {
  override name = "CorruptFileError";
}

/**
 * Opens the store's file: checked, and brought to the newest schema. Throws `StoreTooNewError`, and what `isCorruption`
 * knows where the file is no database or a broken one, and libsql's errors where it cannot be had.
 */
export function openFile({ file, suspect, ladder = migrations }: OpenOptions): Database {
  const database = connect(file, BUSY_TIMEOUT_MS);
  try {
    // NORMAL: a commit is in the log before it is acknowledged, so it survives the end of this process by any means.
    // FULL would also wait for the disk each time, for the sake of the last moments before a loss of power.
    database.all("PRAGMA journal_mode = WAL");
    database.all("PRAGMA synchronous = NORMAL");
    database.all("PRAGMA journal_size_limit = 67108864");
    if (suspect || sizeOf(file) <= CHECKED_UP_TO_BYTES) check(database);
    // A step may replace a table that others refer to.
    database.all("PRAGMA foreign_keys = OFF");
    migrate(database, file, ladder);
    database.all("PRAGMA foreign_keys = ON");
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function check(database: Database): void {
  const found = database.first<{ quick_check: string }>("PRAGMA quick_check(1)")?.quick_check;
  if (found !== "ok") throw new CorruptFileError(found);
}

/** Climbs the ladder from where the file stands. Before each step of a store that holds something, a copy is made. */
function migrate(database: Database, file: string, ladder: readonly Migration[]): void {
  const newest = ladder.at(-1)?.version ?? 0;
  let version = versionOf(database);
  const wasThere = version > 0;
  if (version > newest) {
    throw new StoreTooNewError(
      `The database ${file} was written by a newer Taximeter (schema ${version}; this one knows ${newest}). Update Taximeter, or move the file away.`,
    );
  }
  for (const migration of ladder) {
    if (migration.version <= version) continue;
    if (wasThere) {
      const copy = `${file}.before-schema-${migration.version}`;
      rmSync(copy, { force: true });
      database.run("VACUUM INTO ?", [copy]);
    }
    database.transaction(() => {
      migration.apply(database);
      database.exec(`PRAGMA user_version = ${Math.trunc(migration.version)}`);
    });
    version = migration.version;
  }
}

function versionOf(database: Database): number {
  return database.first<{ user_version: number }>("PRAGMA user_version")?.user_version ?? 0;
}

/** What tells the file from its copies, as far as the system says it. */
export function fileIdentity(file: string): string {
  return String(statSync(file, { bigint: true, throwIfNoEntry: false })?.ino ?? "");
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

/** Bytes on disk of the file with its log. */
export function bytesOnDisk(file: string): number {
  return sizeOf(file) + sizeOf(`${file}-wal`);
}
