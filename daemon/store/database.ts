import { createRequire } from "node:module";
import type Libsql from "libsql";

export type SqlValue = string | number | null;

/**
 * The one connection, as the files beside this one use it. Statements are prepared once. Values are always bound:
 * the text of a statement is made of constants only. Note that libsql binds every number as REAL; columns of INTEGER
 * affinity turn it back, so no number may be bound into a TEXT column.
 */
export interface Database {
  /** `Row` is what the statement's columns are: the caller knows, as it wrote the statement and the schema. */
  all<Row>(sql: string, values?: readonly SqlValue[]): Row[];
  first<Row>(sql: string, values?: readonly SqlValue[]): Row | undefined;
  /** Answers how many rows changed. */
  run(sql: string, values?: readonly SqlValue[]): number;
  exec(sql: string): void;
  /** All or nothing. Not nestable. */
  transaction<Result>(work: () => Result): Result;
  close(): void;
}

const MAX_PREPARED = 200;

/** As they stand in JSON: NUL, at which SQLite's reading of JSON ends a text, and halves of surrogate pairs. */
const NOT_STORABLE = /\\u(?:0000|d[89a-f])/;

/** Rows for `json_each`. Characters that SQLite's text cannot hold are replaced by U+FFFD. */
export function rowsAsJson(rows: readonly (readonly SqlValue[])[]): string {
  const json = JSON.stringify(rows);
  if (!NOT_STORABLE.test(json)) return json;
  return JSON.stringify(rows.map((row) => row.map(storable)));
}

function storable(value: SqlValue): SqlValue {
  return typeof value === "string"
    ? value.replaceAll("\0", "\ufffd").replace(/\p{Surrogate}/gu, "\ufffd")
    : value;
}

/** Opens the file, creating it where there is none. Throws libsql's errors, see `sqliteCode`. */
export function connect(file: string, busyTimeoutMs: number): Database {
  // Loaded late and by name: bundles leave this native package out, and a machine without a prebuilt one gets a clear
  // error from the worker rather than no worker at all.
  const Connection = createRequire(import.meta.url)("libsql") as typeof Libsql;
  const connection = new Connection(file, { timeout: busyTimeoutMs });
  const prepared = new Map<string, Libsql.Statement>();

  const prepare = (sql: string): Libsql.Statement => {
    const known = prepared.get(sql);
    if (known !== undefined) return known;
    const statement = connection.prepare(sql);
    if (prepared.size >= MAX_PREPARED) prepared.clear();
    prepared.set(sql, statement);
    return statement;
  };
  const withStatement = <Result>(sql: string, use: (statement: Libsql.Statement) => Result): Result => {
    try {
      return use(prepare(sql));
    } catch (error) {
      prepared.delete(sql);
      throw error;
    }
  };
  // `all` rather than libsql's `get`: `get` leaves the statement in progress, and a commit then fails.
  const all = <Row>(sql: string, values: readonly SqlValue[] = []) =>
    withStatement(sql, (statement) => statement.all(values) as Row[]);

  return {
    all,
    first: <Row>(sql: string, values: readonly SqlValue[] = []) => all<Row>(sql, values)[0],
    run: (sql, values = []) => withStatement(sql, (statement) => statement.run(values).changes),
    exec: (sql) => {
      connection.exec(sql);
    },
    transaction: (work) => {
      connection.exec("BEGIN IMMEDIATE");
      try {
        const result = work();
        connection.exec("COMMIT");
        return result;
      } catch (error) {
        try {
          connection.exec("ROLLBACK");
        } catch {
          // SQLite has rolled back by itself (a full disk), or the connection is beyond use and is about to be closed.
        }
        throw error;
      }
    },
    close: () => {
      prepared.clear();
      connection.close();
    },
  };
}

/** SQLite's code of an error that libsql threw (`SQLITE_BUSY`, `SQLITE_CANTOPEN`, …), or `undefined` for any other error. */
export function sqliteCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const code = "code" in error && typeof error.code === "string" ? error.code : undefined;
  if (code?.startsWith("SQLITE_")) return code;
  // An open that fails has no code, only SQLite's number at the end of its message.
  if (/^ConnectionFailed\(.*: 14"\)$/.test(error.message)) return "SQLITE_CANTOPEN";
  return undefined;
}

/** Whether libsql threw it, with a code known or not. */
export function isSqliteError(error: unknown): boolean {
  return error instanceof Error && error.constructor.name === "SqliteError";
}
