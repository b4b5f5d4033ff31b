import type { Dimension, Filters } from "../../shared/dimensions.ts";
import type { Database } from "./database.ts";
import { dimensionSql, filtersSql, isOfCallsOnly, type Sql } from "./dimensionSql.ts";
import {
  addSumsRow,
  type HistogramColumn,
  noSums,
  QUARTER_HOUR_MS,
  type SumColumn,
  type Sums,
  type SumsRow,
  sumColumns,
} from "./rollupSums.ts";
import type { TimeRange } from "./store.ts";

export interface FactsQuery {
  /** Rising and apart; sums are kept for each. */
  intervals: readonly TimeRange[];
  groupBy: readonly Dimension[];
  filters: Filters;
  /** What times are wanted besides the sums (default: durations). Others come out empty, and need not be read. */
  histograms?: readonly HistogramColumn[];
}

/** Sums of one combination of values in one interval. */
export interface Facts {
  /** Index of the interval. */
  interval: number;
  /** Values of `groupBy`; `null` is "none". */
  keys: (string | null)[];
  /** Kind of the source, where there is one. */
  sourceKind: string | null;
  sums: Sums;
}

/** What one call adds to each sum: `sumsOfCall` in SQL. */
const callSums: Record<SumColumn, string> = {
  calls: "1",
  errors: "c.status = 'error'",
  aborted: "c.status = 'aborted'",
  retries: "iif(c.attempt > 1, 1, c.retry_count)",
  input_tokens: "coalesce(c.input_tokens, 0)",
  output_tokens: "coalesce(c.output_tokens, 0)",
  cache_read_input_tokens: "coalesce(c.cache_read_input_tokens, 0)",
  cache_creation_input_tokens: "coalesce(c.cache_creation_input_tokens, 0)",
  reasoning_output_tokens: "coalesce(c.reasoning_output_tokens, 0)",
  cost_nano_usd: "coalesce(c.cost_nano_usd, 0)",
  retry_cost_nano_usd: "iif(c.attempt > 1 OR c.status = 'error', coalesce(c.cost_nano_usd, 0), 0)",
  unpriced_calls: "c.cost_status = 'unpriced' AND c.status <> 'pending'",
  incomplete_calls: "c.cost_status = 'incomplete' AND c.status <> 'pending'",
  estimated_calls: "c.cost_status = 'estimated' AND c.status <> 'pending'",
};

const SEGMENTS = `s (interval, from_ms, to_ms) AS MATERIALIZED (
    SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?)
  )`;

/** The column of `calls` that holds the step that a call falls into. */
const callSteps: Record<HistogramColumn, string> = {
  latency: "latency_step",
  first_token: "first_token_step",
};

function rollupSums(histograms: readonly HistogramColumn[]): string {
  return [
    ...sumColumns.map((column) => `sum(f.${column}) AS ${column}`),
    ...histograms.map((column) => `group_concat(f.${column}, '') AS ${column}`),
  ].join(", ");
}

function sumsOfCalls(histograms: readonly HistogramColumn[]): string {
  return [
    ...sumColumns.map((column) => `sum(${callSums[column]}) AS ${column}`),
    ...histograms.map(
      (column) =>
        `group_concat(iif(c.status = 'pending', NULL, c.${callSteps[column]} || ':1;'), '') AS ${column}`,
    ),
  ].join(", ");
}

type FactsRow = SumsRow & { interval: number; source_kind: string; key_0?: string; key_1?: string };
type Segment = [interval: number, fromMs: number, toMs: number];

/**
 * Sums over intervals, exact for any bounds. Rollups answer whole quarter hours, calls the rest of an interval that
 * begins or ends within one; a dimension that rollups don't know is answered from the calls alone.
 */
export function sumFacts(database: Database, query: FactsQuery): Facts[] {
  const { intervals, groupBy, filters, histograms = ["latency"] } = query;
  const dimensions = [...groupBy, ...(Object.keys(filters) as Dimension[])];
  const fromRollups = !dimensions.some(isOfCallsOnly);
  const whole: Segment[] = [];
  const rest: Segment[] = [];
  for (const [interval, { fromMs, toMs }] of intervals.entries()) {
    const wholeFrom = Math.ceil(fromMs / QUARTER_HOUR_MS) * QUARTER_HOUR_MS;
    const wholeTo = Math.floor(toMs / QUARTER_HOUR_MS) * QUARTER_HOUR_MS;
    if (!fromRollups || wholeFrom >= wholeTo) {
      rest.push([interval, fromMs, toMs]);
    } else {
      whole.push([interval, wholeFrom, wholeTo]);
      if (fromMs < wholeFrom) rest.push([interval, fromMs, wholeFrom]);
      if (wholeTo < toMs) rest.push([interval, wholeTo, toMs]);
    }
  }
  const facts = new Map<string, Facts>();
  const read = ({ text, values }: Sql) => {
    for (const row of database.all<FactsRow>(text, values)) addRow(facts, row, groupBy.length);
  };
  if (whole.length > 0) read(rollupsSql(whole, groupBy, filters, rollupSums(histograms)));
  if (rest.length > 0) read(callsSql(rest, groupBy, filters, sumsOfCalls(histograms)));
  return [...facts.values()];
}

/** First by the number of the combination, then by what it means: half the time of sorting rollups by texts. */
function rollupsSql(
  segments: readonly Segment[],
  groupBy: readonly Dimension[],
  filters: Filters,
  sums: string,
): Sql {
  const keys = keysSql(groupBy);
  const conditions = filtersSql(filters);
  const wanted =
    conditions.text === ""
      ? ""
      : `WHERE f.dimension_id IN (SELECT d.id FROM dimensions d WHERE true ${conditions.text})`;
  return {
    text: `
      WITH ${SEGMENTS}, f AS (
        SELECT s.interval, f.dimension_id, ${sums}
        FROM s CROSS JOIN rollups f ON f.bucket_ms >= s.from_ms AND f.bucket_ms < s.to_ms
        ${wanted}
        GROUP BY s.interval, f.dimension_id
      )
      SELECT f.interval, ${keys.columns.text} max(d.source_kind) AS source_kind, ${sums}
      FROM f JOIN dimensions d ON d.id = f.dimension_id
      GROUP BY ${["f.interval", ...keys.names].join(", ")}`,
    values: [JSON.stringify(segments), ...conditions.values, ...keys.columns.values],
  };
}

function callsSql(
  segments: readonly Segment[],
  groupBy: readonly Dimension[],
  filters: Filters,
  sums: string,
): Sql {
  const keys = keysSql(groupBy);
  const conditions = filtersSql(filters);
  return {
    text: `
      WITH ${SEGMENTS}
      SELECT s.interval, ${keys.columns.text} max(d.source_kind) AS source_kind, ${sums}
      FROM s JOIN calls c ON c.started_at_ms >= s.from_ms AND c.started_at_ms < s.to_ms
        JOIN dimensions d ON d.id = c.dimension_id
      WHERE true ${conditions.text}
      GROUP BY ${["s.interval", ...keys.names].join(", ")}`,
    values: [JSON.stringify(segments), ...keys.columns.values, ...conditions.values],
  };
}

/** Columns of the values of `groupBy`, each followed by a comma, and their names. */
function keysSql(groupBy: readonly Dimension[]): { columns: Sql; names: string[] } {
  const keys = groupBy.map(dimensionSql);
  return {
    columns: {
      text: keys.map((key, index) => `${key.text} AS key_${index},`).join(" "),
      values: keys.flatMap((key) => key.values),
    },
    names: keys.map((_, index) => `key_${index}`),
  };
}

function addRow(facts: Map<string, Facts>, row: FactsRow, keyCount: number): void {
  const keys = [row.key_0, row.key_1].slice(0, keyCount).map((key) => key || null);
  const id = JSON.stringify([row.interval, ...keys]);
  let fact = facts.get(id);
  if (fact === undefined) {
    fact = { interval: row.interval, keys, sourceKind: row.source_kind || null, sums: noSums() };
    facts.set(id, fact);
  }
  addSumsRow(fact.sums, row);
}
