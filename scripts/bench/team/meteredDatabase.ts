import type { TeamDatabase, TeamRow, TeamStatement } from "../../../daemon/team/teamDatabase.ts";

/** What a server says that it has read and written, as Turso bills it. */
export interface Meter {
  requests: number;
  rowsRead: number;
  rowsWritten: number;
  answerBytes: number;
}

type HranaValue =
  | { type: "null" }
  | { type: "integer" | "text"; value: string }
  | { type: "float"; value: number };
interface HranaResult {
  cols: { name: string }[];
  rows: HranaValue[][];
  rows_read: number;
  rows_written: number;
}
interface HranaAnswer {
  results: {
    response?: {
      result: { step_results: (HranaResult | null)[]; step_errors: ({ message: string } | null)[] };
    };
    error?: { message: string };
  }[];
}

/**
 * A team's database that counts. `@libsql/client` leaves out what the server says of rows read, so this speaks the
 * server's protocol itself: https://github.com/tursodatabase/libsql/blob/main/docs/HRANA_3_SPEC.md.
 */
export function meteredDatabase(url: string): TeamDatabase & { take(): Meter } {
  let meter: Meter = { requests: 0, rowsRead: 0, rowsWritten: 0, answerBytes: 0 };
  return {
    async batch(mode, statements) {
      const begin = mode === "read" ? "BEGIN TRANSACTION READONLY" : "BEGIN IMMEDIATE";
      const steps = [{ sql: begin, args: [] }, ...statements, { sql: "COMMIT", args: [] }].map(stepOf);
      const response = await fetch(`${url}/v2/pipeline`, {
        method: "POST",
        body: JSON.stringify({ requests: [{ type: "batch", batch: { steps } }, { type: "close" }] }),
      });
      const text = await response.text();
      if (!response.ok) throw new Error(`${response.status}: ${text}`);
      const answer = JSON.parse(text) as HranaAnswer;
      const result = answer.results[0]?.response?.result;
      const trouble = answer.results[0]?.error ?? result?.step_errors.find((error) => error !== null);
      if (result === undefined || trouble) throw new Error(trouble?.message ?? "no answer");
      meter.requests += 1;
      meter.answerBytes += text.length;
      for (const step of result.step_results) {
        meter.rowsRead += step?.rows_read ?? 0;
        meter.rowsWritten += step?.rows_written ?? 0;
      }
      return result.step_results.slice(1, -1).map((step) => (step === null ? [] : rowsOf(step)));
    },
    transaction: () => Promise.reject(new Error("not here")),
    close: () => {},
    /** Since it was last taken. */
    take() {
      const taken = meter;
      meter = { requests: 0, rowsRead: 0, rowsWritten: 0, answerBytes: 0 };
      return taken;
    },
  };
}

/** Each step only after the one before it. */
function stepOf({ sql, args }: TeamStatement, index: number) {
  const condition = index === 0 ? {} : { condition: { type: "ok", step: index - 1 } };
  return { ...condition, stmt: { sql, args: args.map(hranaValue), want_rows: true } };
}

function hranaValue(value: string | number | null): HranaValue {
  if (value === null) return { type: "null" };
  if (typeof value === "string") return { type: "text", value };
  return Number.isInteger(value) ? { type: "integer", value: String(value) } : { type: "float", value };
}

function rowsOf({ cols, rows }: HranaResult): TeamRow[] {
  return rows.map((row) =>
    Object.fromEntries(row.map((value, index) => [cols[index]?.name ?? "", plain(value)])),
  );
}

function plain(value: HranaValue): unknown {
  if (value.type === "null") return null;
  return value.type === "integer" ? Number(value.value) : value.value;
}
