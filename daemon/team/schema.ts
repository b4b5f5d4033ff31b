import type { SumColumn } from "../store/rollupSums.ts";
import type { TeamDatabase } from "./teamDatabase.ts";

/**
 * The team's own database, a ladder like the store's: a step that was released is never edited. All names begin with
 * `taximeter_`, for the database may hold what is not ours.
 *
 * Each machine pushes sums of quarter hours into `taximeter_rollups`. Triggers add them up by day, within the transaction
 * that changes them, for a database that bills by rows scanned: views read `taximeter_days`, of which a month of fifty
 * developers has some twenty thousand rows. In text columns the empty string is "none", as in the store.
 */
export interface TeamMigration {
  version: number;
  statements: readonly string[];
}

/** What spend is grouped by, in the order of the columns of `taximeter_dimensions`. */
export const teamDimensions = [
  "provider",
  "operation",
  "model",
  "source",
  "source_kind",
  "feature",
  "project",
  "branch",
  "call_site",
  "workspace",
] as const;
export type TeamDimension = (typeof teamDimensions)[number];

/** What is summed, in the order of the columns, amounts in nano-dollars. Of the store's sums those that a team asks for. */
export const teamSums = [
  "calls",
  "errors",
  "aborted",
  "retries",
  "input_tokens",
  "output_tokens",
  "cache_read_input_tokens",
  "cache_creation_input_tokens",
  "reasoning_output_tokens",
  "cost_nano_usd",
  "retry_cost_nano_usd",
  "unpriced_calls",
  "incomplete_calls",
  "estimated_calls",
] as const satisfies readonly SumColumn[];

const sums = (line: (column: string) => string) => teamSums.map(line).join(", ");

/** A trigger's statement that adds to the day of a row, or takes away from it. */
const addToDay = (row: "new" | "old", amounts: (column: string) => string) => `
  INSERT INTO taximeter_days (day, contributor_id, dimension_id, ${sums((column) => column)})
  VALUES (${row}.day, ${row}.contributor_id, ${row}.dimension_id, ${sums(amounts)})
  ON CONFLICT (day, contributor_id, dimension_id) DO UPDATE SET
    ${sums((column) => `${column} = ${column} + excluded.${column}`)};`;

export const teamMigrations: readonly TeamMigration[] = [
  {
    version: 1,
    statements: [
      // One row: the zone whose days `taximeter_days` are of, chosen by whoever came first.
      `CREATE TABLE taximeter_settings (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        time_zone TEXT NOT NULL,
        created_at_ms INTEGER NOT NULL
      )`,
      // `claim` is what the machine wrote last: whoever finds another's there is a copy of it, see push.ts. Times are the
      // server's, so that a developer's wrong clock makes nobody look asleep.
      `CREATE TABLE taximeter_machines (
        id INTEGER PRIMARY KEY,
        machine TEXT NOT NULL UNIQUE,
        developer TEXT NOT NULL,
        claim TEXT NOT NULL,
        version TEXT NOT NULL,
        joined_at_ms INTEGER NOT NULL,
        pushed_at_ms INTEGER NOT NULL
      )`,
      // A developer at a machine. One machine may report for several, one developer sit at several.
      // Ids are not given twice: who keeps a copy knows what is new by them.
      `CREATE TABLE taximeter_contributors (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        machine_id INTEGER NOT NULL,
        developer TEXT NOT NULL,
        UNIQUE (machine_id, developer)
      )`,
      `CREATE TABLE taximeter_dimensions (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        ${teamDimensions.map((column) => `${column} TEXT NOT NULL`).join(", ")},
        UNIQUE (${teamDimensions.join(", ")})
      )`,
      `CREATE TABLE taximeter_rollups (
        bucket_ms INTEGER NOT NULL,
        contributor_id INTEGER NOT NULL,
        dimension_id INTEGER NOT NULL,
        day TEXT NOT NULL,
        revision INTEGER NOT NULL,
        ${sums((column) => `${column} INTEGER NOT NULL`)},
        PRIMARY KEY (bucket_ms, contributor_id, dimension_id)
      ) WITHOUT ROWID`,
      `CREATE TABLE taximeter_days (
        day TEXT NOT NULL,
        contributor_id INTEGER NOT NULL,
        dimension_id INTEGER NOT NULL,
        ${sums((column) => `${column} INTEGER NOT NULL`)},
        PRIMARY KEY (day, contributor_id, dimension_id)
      ) WITHOUT ROWID`,
      // Another one with each push to the day: who reads knows by it which days are as they were. Written once for a push, not
      // by a trigger, which would write it for every row.
      `CREATE TABLE taximeter_day_versions (
        day TEXT PRIMARY KEY,
        version TEXT NOT NULL
      ) WITHOUT ROWID`,
      `CREATE TRIGGER taximeter_rollup_came AFTER INSERT ON taximeter_rollups BEGIN
        ${addToDay("new", (column) => `new.${column}`)}
      END`,
      `CREATE TRIGGER taximeter_rollup_changed AFTER UPDATE ON taximeter_rollups BEGIN
        ${addToDay("new", (column) => `new.${column} - old.${column}`)}
      END`,
      `CREATE TRIGGER taximeter_rollup_went AFTER DELETE ON taximeter_rollups BEGIN
        ${addToDay("old", (column) => `-old.${column}`)}
        DELETE FROM taximeter_days WHERE day = old.day AND contributor_id = old.contributor_id
          AND dimension_id = old.dimension_id AND calls = 0;
      END`,
      // Of those who chose to share single calls. Ids are UUIDv7: by them they are in the order of time.
      `CREATE TABLE taximeter_calls (
        call_id TEXT PRIMARY KEY,
        contributor_id INTEGER NOT NULL,
        dimension_id INTEGER NOT NULL,
        started_at_ms INTEGER NOT NULL,
        revision INTEGER NOT NULL,
        status TEXT NOT NULL,
        http_status INTEGER,
        error_type TEXT,
        duration_ms REAL,
        attempt INTEGER NOT NULL,
        input_tokens INTEGER,
        output_tokens INTEGER,
        cost_nano_usd INTEGER,
        cost_status TEXT NOT NULL,
        conversation_id TEXT,
        labels TEXT
      ) WITHOUT ROWID`,
      // Limits of the team's own; \`scope_dimension\` is a column of taximeter_dimensions or \`developer\`.
      `CREATE TABLE taximeter_budgets (
        id TEXT PRIMARY KEY,
        period TEXT NOT NULL,
        scope_dimension TEXT,
        scope_value TEXT,
        limit_nano_usd INTEGER NOT NULL,
        thresholds TEXT NOT NULL,
        set_by TEXT NOT NULL,
        set_at_ms INTEGER NOT NULL
      ) WITHOUT ROWID`,
    ],
  },
];

export const TEAM_SCHEMA = teamMigrations.at(-1)?.version ?? 0;

/** Drawn anew for what has changed: of a database that was put back to an earlier state none is met again. */
export const NEW_VERSION = "lower(hex(randomblob(8)))";

/** The server's clock, in milliseconds since 1970. */
export const SERVER_NOW_MS = "CAST(unixepoch('subsec') * 1000 AS INTEGER)";

export interface TeamSchema {
  /** As it is now; above `TEAM_SCHEMA` where a newer Taximeter has been here, and then nothing was changed. */
  version: number;
  timeZone: string;
}

/** The team's schema, `null` where there is none or an older one. */
export async function readTeamSchema(database: TeamDatabase): Promise<TeamSchema | null> {
  const [[table] = []] = await database.batch("read", [
    { sql: "SELECT count(*) AS tables FROM sqlite_master WHERE name = 'taximeter_schema'", args: [] },
  ]);
  if (Number(table?.["tables"] ?? 0) === 0) return null;
  const [[found] = []] = await database.batch("read", [
    {
      sql: "SELECT s.version, t.time_zone FROM taximeter_schema s JOIN taximeter_settings t ON t.id = 1 WHERE s.id = 1",
      args: [],
    },
  ]);
  if (found === undefined) return null;
  const version = Number(found["version"]);
  return version < TEAM_SCHEMA ? null : { version, timeZone: String(found["time_zone"]) };
}

/**
 * Climbs the ladder from where the database stands, in one transaction that holds its write lock: of ten that come at
 * once, one makes the schema, and nine find it. A newer schema is left as it is.
 */
export async function ensureTeamSchema(
  database: TeamDatabase,
  timeZone: string,
  ladder: readonly TeamMigration[] = teamMigrations,
): Promise<TeamSchema> {
  const known = await readTeamSchema(database);
  if (known !== null) return known;
  const newest = ladder.at(-1)?.version ?? 0;
  await database.transaction(async (run) => {
    await run(
      "CREATE TABLE IF NOT EXISTS taximeter_schema (id INTEGER PRIMARY KEY, version INTEGER NOT NULL)",
      [],
    );
    await run("INSERT OR IGNORE INTO taximeter_schema (id, version) VALUES (1, 0)", []);
    const [row] = await run("SELECT version FROM taximeter_schema WHERE id = 1", []);
    const version = Number(row?.["version"] ?? 0);
    if (version >= newest) return;
    for (const step of ladder) {
      if (step.version <= version) continue;
      for (const statement of step.statements) await run(statement, []);
    }
    await run(
      `INSERT OR IGNORE INTO taximeter_settings (id, time_zone, created_at_ms) VALUES (1, ?, ${SERVER_NOW_MS})`,
      [timeZone],
    );
    await run("UPDATE taximeter_schema SET version = ? WHERE id = 1", [newest]);
  });
  const made = await readTeamSchema(database);
  if (made === null) throw new Error("The team's schema was made and is not there");
  return made;
}
