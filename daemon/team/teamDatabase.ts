import type { Client, InArgs, InStatement } from "@libsql/client/http";
import { teamFailureOf } from "./teamFailure.ts";

export type TeamValue = string | number | null;
/** By the names of the columns. Whole numbers beyond 2^53 are refused: read such sums in parts. */
export type TeamRow = Record<string, unknown>;

export interface TeamStatement {
  sql: string;
  args: TeamValue[];
}

/** The team's database. Everything rejects with `TeamFailure`. */
export interface TeamDatabase {
  /** One request, one transaction: all of it or nothing. Answers the rows of each statement. */
  batch(mode: "read" | "write", statements: readonly TeamStatement[]): Promise<TeamRow[][]>;
  /** A transaction of several requests, which holds the write lock from its beginning. Turso grants it five seconds. */
  transaction(work: (run: RunStatement) => Promise<void>): Promise<void>;
  close(): void;
}

export type RunStatement = (sql: string, args: TeamValue[]) => Promise<TeamRow[]>;

export interface TeamDatabaseOptions {
  url: string;
  token: string | null;
  /** Longest wait for the answer to one request. */
  timeoutMs: number;
}

/** A slow server may do what it was asked after we have stopped waiting: see push.ts. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

/** The client's code is loaded with the first use: who has no team does not pay for it. */
export function openTeamDatabase({ url, token, timeoutMs }: TeamDatabaseOptions): TeamDatabase {
  const ended = new AbortController();
  let opening: Promise<Client> | null = null;
  const client = () => {
    opening ??= import("@libsql/client/http").then(({ createClient }) =>
      createClient({
        url,
        ...(token === null ? {} : { authToken: token }),
        fetch: (request: Request) => boundedFetch(request, timeoutMs, ended.signal),
      }),
    );
    return opening;
  };
  const guarded = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    try {
      return await work();
    } catch (error) {
      throw teamFailureOf(error);
    }
  };
  const batch = async (mode: "read" | "write", statements: readonly TeamStatement[]) => {
    const results = await (await client()).batch(statements.map(asStatement), mode);
    return results.map(({ rows }) => rows);
  };
  return {
    batch: (mode, statements) =>
      guarded(async () => {
        try {
          return await batch(mode, statements);
        } catch (error) {
          // A connection that was kept may have been closed by the server just then: what only reads is asked once more.
          if (mode === "write" || !keptAndClosed(error)) throw error;
          return await batch(mode, statements);
        }
      }),
    transaction: (work) =>
      guarded(async () => {
        const transaction = await (await client()).transaction("write");
        try {
          await work(async (sql, args) => (await transaction.execute(asStatement({ sql, args }))).rows);
          await transaction.commit();
        } finally {
          transaction.close();
        }
      }),
    close: () => {
      ended.abort();
      void opening?.then((opened) => opened.close()).catch(() => {});
    },
  };
}

/**
 * A connection that had carried an answer before, and was closed: undici's error says how much was read from it. Where the
 * system's error is passed on, it says only that there was a connection.
 */
function keptAndClosed(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  if (!(cause instanceof Error)) return false;
  if ("code" in cause && (cause.code === "ECONNRESET" || cause.code === "EPIPE")) return true;
  if (!("socket" in cause)) return false;
  const { socket } = cause;
  return (
    typeof socket === "object" && socket !== null && "bytesRead" in socket && Number(socket.bytesRead) > 0
  );
}

function asStatement({ sql, args }: TeamStatement): InStatement {
  return { sql, args: args satisfies InArgs };
}

/** An answer that does not come, or does not end, is none. */
async function boundedFetch(request: Request, timeoutMs: number, ended: AbortSignal): Promise<Response> {
  const signal = AbortSignal.any([AbortSignal.timeout(timeoutMs), ended]);
  const response = await fetch(request, { signal, redirect: "error" });
  const announced = Number(response.headers.get("content-length") ?? 0);
  if (announced > MAX_ANSWER_BYTES) throw new Error("The answer is too long");
  return response;
}
