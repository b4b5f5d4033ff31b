import type { TeamDimensionName, TeamFilters } from "../../shared/teamSpend.ts";
import { type Database, rowsAsJson, type SqlValue } from "./database.ts";
import { type SumColumn, sumColumns } from "./rollupSums.ts";
import { readSetting, removeSetting, writeSetting } from "./teamSettings.ts";

/**
 * A copy of those days of the team's database that somebody here has looked at, so that the database is asked only for
 * what has changed, and the last known figures are there when it cannot be reached. Ids are the team's.
 */

const MIRROR = "mirror";
/** Ids of the team's budgets that the user wants no notices of. */
const MUTED = "mutedBudgets";
/** What nobody has looked at for so long is not kept. */
const KEPT_MS = 30 * 24 * 60 * 60_000;

/** Of a dimension's row, in the order of the columns of `team_dimensions`. */
export type MirrorDimension = [id: number, ...values: string[]];
export type MirrorContributor = [
  id: number,
  developer: string,
  machine: string,
  version: string,
  pushedAtMs: number,
];
export interface MirrorBudget {
  /** Without the words that tell it from a developer's own. */
  id: string;
  period: string;
  scopeDimension: string | null;
  scopeValue: string | null;
  limitNanoUsd: number;
  thresholds: number[];
}

export interface MirrorDays {
  /** `2026-11-01`, both inclusive. */
  from: string;
  to: string;
}

/** What is known of a team's days, to be compared with what the team says. */
export interface MirrorState {
  /** Days that were read, with their versions; the empty one is of a day without anything. */
  versions: [day: string, version: string][];
  lastDimension: MirrorDimension | null;
}

export interface MirrorUpdate {
  url: string;
  readAtMs: number;
  /** Everybody there is. */
  contributors: MirrorContributor[];
  budgets: MirrorBudget[];
  /** Those that came since the last known one. */
  dimensions: MirrorDimension[];
  /** All days that were asked for. `rows`: `[[contributor, dimension, ...sums], …]`; `null` where it is as it was. */
  days: { day: string; version: string; rows: string | null }[];
}

export interface TeamFactsQuery extends MirrorDays {
  groupBy: readonly TeamDimensionName[];
  filters: TeamFilters;
}

export interface TeamFacts {
  rows: { keys: (string | null)[]; sums: Record<SumColumn, number> }[];
  /** When the day that was read longest ago was read; `null` where none was. */
  readAtMs: number | null;
  /** How many days of the range were read. */
  knownDays: number;
}

interface Mirror {
  url: string;
  budgets: MirrorBudget[];
}

/** The only place where the name of a dimension becomes SQL, and a closed one. */
const expressions: Record<TeamDimensionName, string> = {
  developer: "c.developer",
  project: "d.project",
  source: "d.source",
  sourceKind: "d.source_kind",
  feature: "d.feature",
  model: "d.model",
  provider: "d.provider",
  operation: "d.operation",
  branch: "d.branch",
  callSite: "d.call_site",
  workspace: "d.workspace",
  day: "f.day",
};

const SUMS = sumColumns.map((column) => `sum(f.${column}) AS ${column}`).join(", ");
const PUT_DAY = `INSERT INTO team_days (day, contributor_id, dimension_id, ${sumColumns.join(", ")})
  SELECT ?, value ->> 0, value ->> 1, ${sumColumns.map((_, place) => `value ->> ${place + 2}`).join(", ")}
  FROM json_each(?)`;
const PUT_DIMENSIONS = `INSERT OR REPLACE INTO team_dimensions
  SELECT ${Array.from({ length: 11 }, (_, place) => `value ->> ${place}`).join(", ")} FROM json_each(?)`;
const PUT_CONTRIBUTORS = `INSERT INTO team_contributors
  SELECT ${Array.from({ length: 5 }, (_, place) => `value ->> ${place}`).join(", ")} FROM json_each(?)`;

/** What is known of these days of the team at this address; of another one nothing is. */
export function readMirrorState(database: Database, url: string, { from, to }: MirrorDays): MirrorState {
  if (readSetting<Mirror>(database, MIRROR)?.url !== url) return { versions: [], lastDimension: null };
  const versions = database
    .all<{ day: string; version: string }>(
      "SELECT day, version FROM team_day_versions WHERE day >= ? AND day <= ?",
      [from, to],
    )
    .map(({ day, version }): [string, string] => [day, version]);
  const last = database.first<Record<string, string | number>>(
    "SELECT * FROM team_dimensions ORDER BY id DESC LIMIT 1",
  );
  if (last === undefined) return { versions, lastDimension: null };
  const [id, ...values] = Object.values(last);
  return { versions, lastDimension: [Number(id), ...values.map(String)] };
}

export function updateMirror(database: Database, update: MirrorUpdate): void {
  database.transaction(() => {
    if (readSetting<Mirror>(database, MIRROR)?.url !== update.url) clearTables(database);
    writeSetting(database, MIRROR, { url: update.url, budgets: update.budgets } satisfies Mirror);
    database.run(PUT_DIMENSIONS, [rowsAsJson(update.dimensions)]);
    database.run("DELETE FROM team_contributors");
    database.run(PUT_CONTRIBUTORS, [rowsAsJson(update.contributors)]);
    for (const { day, version, rows } of update.days) {
      if (rows !== null) {
        database.run("DELETE FROM team_days WHERE day = ?", [day]);
        database.run(PUT_DAY, [day, rows]);
      }
      database.run("INSERT OR REPLACE INTO team_day_versions (day, version, read_at_ms) VALUES (?, ?, ?)", [
        day,
        version,
        update.readAtMs,
      ]);
    }
    const oldest = update.readAtMs - KEPT_MS;
    database.run(
      "DELETE FROM team_days WHERE day IN (SELECT day FROM team_day_versions WHERE read_at_ms < ?)",
      [oldest],
    );
    database.run("DELETE FROM team_day_versions WHERE read_at_ms < ?", [oldest]);
  });
}

/** Forgets all that was read of any team. */
export function clearMirror(database: Database): void {
  database.transaction(() => clearTables(database));
}

function clearTables(database: Database): void {
  for (const table of ["team_days", "team_day_versions", "team_dimensions", "team_contributors"]) {
    database.run(`DELETE FROM ${table}`);
  }
  removeSetting(database, MIRROR);
}

/** Sums over whole days of what is known, by falling cost. */
export function readTeamFacts(database: Database, query: TeamFactsQuery): TeamFacts {
  const { from, to, groupBy, filters } = query;
  const names = groupBy.map((_, place) => `key_${place}`);
  const keys = groupBy.map((dimension, place) => `${expressions[dimension]} AS key_${place},`).join(" ");
  const { text, values } = filtersSql(filters);
  const byDay = [...groupBy, ...Object.keys(filters)].includes("day");
  // First by number, then by what the numbers mean: each is looked up once. By day there is nothing to put together first.
  const found = byDay
    ? "SELECT * FROM team_days WHERE day >= ? AND day <= ?"
    : `SELECT f.contributor_id, f.dimension_id, ${SUMS} FROM team_days f WHERE f.day >= ? AND f.day <= ?
      GROUP BY f.contributor_id, f.dimension_id`;
  const rows = database.all<Record<SumColumn | "key_0" | "key_1", number | string | undefined>>(
    `WITH f AS (
      ${found}
    )
    SELECT ${keys} ${SUMS}
    FROM f JOIN team_dimensions d ON d.id = f.dimension_id JOIN team_contributors c ON c.id = f.contributor_id
    WHERE true ${text}
    ${names.length === 0 ? "" : `GROUP BY ${names.join(", ")}`}
    HAVING sum(f.calls) > 0
    ORDER BY ${["cost_nano_usd DESC", "calls DESC", ...names].join(", ")}`,
    [from, to, ...values],
  );
  const known = database.first<{ days: number; read_at_ms: number | null }>(
    "SELECT count(*) AS days, min(read_at_ms) AS read_at_ms FROM team_day_versions WHERE day >= ? AND day <= ?",
    [from, to],
  );
  return {
    rows: rows.map((row) => ({
      keys: [row.key_0, row.key_1].slice(0, groupBy.length).map((key) => (key ? String(key) : null)),
      sums: sumsOf(row),
    })),
    readAtMs: known?.read_at_ms ?? null,
    knownDays: known?.days ?? 0,
  };
}

function sumsOf(row: Partial<Record<SumColumn, unknown>>): Record<SumColumn, number> {
  const sums: Partial<Record<SumColumn, number>> = {};
  for (const column of sumColumns) sums[column] = Number(row[column] ?? 0);
  return sums as Record<SumColumn, number>;
}

function filtersSql(filters: TeamFilters): { text: string; values: SqlValue[] } {
  const texts: string[] = [];
  const values: SqlValue[] = [];
  for (const [name, allowed] of Object.entries(filters)) {
    texts.push(`AND ${expressions[name as TeamDimensionName]} IN (SELECT value FROM json_each(?))`);
    values.push(JSON.stringify(allowed));
  }
  return { text: texts.join(" "), values };
}

export function readContributors(database: Database): MirrorContributor[] {
  return database
    .all<{ id: number; developer: string; machine: string; version: string; pushed_at_ms: number }>(
      "SELECT * FROM team_contributors ORDER BY pushed_at_ms DESC, id",
    )
    .map(({ id, developer, machine, version, pushed_at_ms }) => [
      id,
      developer,
      machine,
      version,
      pushed_at_ms,
    ]);
}

export function readMirrorBudgets(database: Database): MirrorBudget[] {
  return readSetting<Mirror>(database, MIRROR)?.budgets ?? [];
}

export function readMutedBudgets(database: Database): string[] {
  return readSetting<string[]>(database, MUTED) ?? [];
}

export function muteBudget(database: Database, id: string, muted: boolean): void {
  const others = readMutedBudgets(database).filter((known) => known !== id);
  writeSetting(database, MUTED, muted ? [...others, id] : others);
}
