import { sumColumns } from "../store/rollupSums.ts";
import type {
  MirrorBudget,
  MirrorContributor,
  MirrorDays,
  MirrorDimension,
  MirrorState,
  MirrorUpdate,
} from "../store/teamMirror.ts";
import { teamDimensions } from "./schema.ts";
import type { TeamDatabase, TeamRow, TeamStatement } from "./teamDatabase.ts";
import { daysBetween } from "./teamDays.ts";

/**
 * Reads what has changed since the last time. A database of Turso's is paid by rows scanned, so days that are as they were
 * are not read: each has a version that every push to it changes. Rows come as one JSON text for each day, for the
 * protocol's own way to write a number takes five times as much.
 */

/** Of a thousand developers, some five megabytes; sqld answers up to ten. */
const DAYS_AT_ONCE = 7;
const DIMENSIONS_AT_ONCE = 10_000;

const DAY_VERSIONS = "SELECT day, version FROM taximeter_day_versions WHERE day >= ? AND day <= ?";
const DAYS = `SELECT v.day, v.version, (
    SELECT json_group_array(json_array(d.contributor_id, d.dimension_id, ${sumColumns.map((column) => `d.${column}`).join(", ")}))
    FROM taximeter_days d WHERE d.day = v.day
  ) AS rows
  FROM taximeter_day_versions v WHERE v.day IN (SELECT value FROM json_each(?))`;
const DIMENSIONS = `SELECT json_group_array(json_array(id, ${teamDimensions.join(", ")})) AS rows
  FROM (SELECT * FROM taximeter_dimensions WHERE id >= ? ORDER BY id LIMIT ${DIMENSIONS_AT_ONCE})`;
const CONTRIBUTORS = `SELECT c.id, c.developer, m.machine, m.version, m.pushed_at_ms
  FROM taximeter_contributors c JOIN taximeter_machines m ON m.id = c.machine_id`;
const BUDGETS = "SELECT * FROM taximeter_budgets ORDER BY id";

const statement = (sql: string, ...args: (string | number)[]): TeamStatement => ({ sql, args });

/**
 * What is to be known of these days beyond `known`; `null`: what is known is of another history (the database was put back
 * to an earlier state), and is to be forgotten. Rejects with `TeamFailure`.
 */
export async function readTeam(
  database: TeamDatabase,
  days: MirrorDays,
  known: MirrorState,
): Promise<Omit<MirrorUpdate, "url" | "readAtMs"> | null> {
  const lastKnown = known.lastDimension?.[0] ?? 0;
  const first = await database.batch("read", [
    statement(DAY_VERSIONS, days.from, days.to),
    statement(CONTRIBUTORS),
    statement(BUDGETS),
    statement(DIMENSIONS, lastKnown),
  ]);
  const dimensions = dimensionsOf(first[3]);
  if (known.lastDimension !== null && !isSame(dimensions[0], known.lastDimension)) return null;

  const versions = new Map((first[0] ?? []).map((row) => [String(row["day"]), String(row["version"])]));
  const before = new Map(known.versions);
  const changed: string[] = [];
  const read: MirrorUpdate["days"] = [];
  for (const day of daysBetween(days.from, days.to)) {
    const version = versions.get(day) ?? "";
    if (version === before.get(day)) read.push({ day, version, rows: null });
    else if (version === "") read.push({ day, version, rows: "[]" });
    else changed.push(day);
  }
  let contributors = first[1] ?? [];
  for (let from = 0; from < changed.length; from += DAYS_AT_ONCE) {
    // In one transaction with those that they are of.
    const part = await database.batch("read", [
      statement(DAYS, JSON.stringify(changed.slice(from, from + DAYS_AT_ONCE))),
      statement(CONTRIBUTORS),
      statement(DIMENSIONS, (dimensions.at(-1)?.[0] ?? lastKnown) + 1),
    ]);
    for (const row of part[0] ?? []) {
      read.push({ day: String(row["day"]), version: String(row["version"]), rows: String(row["rows"]) });
    }
    contributors = part[1] ?? contributors;
    dimensions.push(...dimensionsOf(part[2]));
  }
  for (let more = dimensions.length >= DIMENSIONS_AT_ONCE; more; ) {
    const [rows] = await database.batch("read", [statement(DIMENSIONS, (dimensions.at(-1)?.[0] ?? 0) + 1)]);
    const next = dimensionsOf(rows);
    dimensions.push(...next);
    more = next.length > 0;
  }
  return {
    days: read,
    dimensions,
    contributors: contributors.map(contributorOf),
    budgets: (first[2] ?? []).map(budgetOf),
  };
}

function isSame(a: MirrorDimension | undefined, b: MirrorDimension): boolean {
  return a !== undefined && a.join("\n") === b.join("\n");
}

/** The database's own words, made by the statement above. */
function dimensionsOf(rows: TeamRow[] | undefined): MirrorDimension[] {
  return JSON.parse(String(rows?.[0]?.["rows"] ?? "[]")) as MirrorDimension[];
}

function contributorOf(row: TeamRow): MirrorContributor {
  return [
    Number(row["id"]),
    String(row["developer"]),
    String(row["machine"]),
    String(row["version"]),
    Number(row["pushed_at_ms"]),
  ];
}

function budgetOf(row: TeamRow): MirrorBudget {
  const text = (value: unknown) => (typeof value === "string" ? value : null);
  return {
    id: String(row["id"]),
    period: String(row["period"]),
    scopeDimension: text(row["scope_dimension"]),
    scopeValue: text(row["scope_value"]),
    limitNanoUsd: Number(row["limit_nano_usd"]),
    thresholds: thresholdsOf(row["thresholds"]),
  };
}

/** Anybody of the team may have written it. */
function thresholdsOf(text: unknown): number[] {
  try {
    const list: unknown = JSON.parse(String(text));
    return Array.isArray(list) ? list.filter((percent) => typeof percent === "number" && percent > 0) : [];
  } catch {
    return [];
  }
}
