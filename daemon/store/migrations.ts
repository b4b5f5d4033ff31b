import { type Database, rowsAsJson } from "./database.ts";
import { latencyStep, shortestOfStep } from "./histogram.ts";
import { TEAM_MIRROR_TABLES } from "./teamMirrorTables.ts";
import { TEAM_TABLES } from "./teamTables.ts";

export interface Migration {
  /** What `user_version` is once it is done. */
  version: number;
  name: string;
  apply(database: Database): void;
}

/**
 * The ladder. A step that was released is never edited; a change of the schema is a further step. Each runs in a
 * transaction of its own, after a copy of the store was made.
 *
 * In text columns of `dimensions` the empty string stands for "none", so that UNIQUE holds over tuples.
 */
export const migrations: readonly Migration[] = [
  {
    version: 1,
    name: "calls, rollups and budgets",
    apply: (database) =>
      database.exec(`
        -- Each combination of what spend is grouped by, once.
        CREATE TABLE dimensions (
          id INTEGER PRIMARY KEY,
          provider TEXT NOT NULL,
          operation TEXT NOT NULL,
          model TEXT NOT NULL,
          source TEXT NOT NULL,
          source_kind TEXT NOT NULL,
          feature TEXT NOT NULL,
          developer TEXT NOT NULL,
          workspace TEXT NOT NULL,
          git_branch TEXT NOT NULL,
          call_site TEXT NOT NULL,
          UNIQUE (provider, operation, model, source, source_kind, feature, developer, workspace, git_branch, call_site)
        ) STRICT;

        -- The key is a number that rises with arrival. Ids of calls are UUIDv7, so that their index grows at its end
        -- as well: random keys cost 4 to 5 times as much at ten million rows.
        CREATE TABLE calls (
          id INTEGER PRIMARY KEY,
          call_id TEXT NOT NULL UNIQUE,
          dimension_id INTEGER NOT NULL REFERENCES dimensions (id),
          operation_id TEXT,
          attempt INTEGER NOT NULL,
          started_at_ms INTEGER NOT NULL,
          duration_ms REAL,
          latency_step INTEGER,
          time_to_first_token_ms REAL,
          status TEXT NOT NULL,
          http_status INTEGER,
          error_type TEXT,
          retry_count INTEGER NOT NULL,
          provider TEXT NOT NULL,
          request_model TEXT,
          response_model TEXT,
          service_tier TEXT,
          response_id TEXT,
          -- Whether the response id is unique to this response; see mergeCalls.
          response_is_identity INTEGER NOT NULL,
          stream INTEGER NOT NULL,
          input_tokens INTEGER,
          output_tokens INTEGER,
          cache_read_input_tokens INTEGER,
          cache_creation_input_tokens INTEGER,
          cache_creation_1h_input_tokens INTEGER,
          reasoning_output_tokens INTEGER,
          input_audio_tokens INTEGER,
          output_audio_tokens INTEGER,
          input_image_tokens INTEGER,
          output_image_tokens INTEGER,
          web_searches REAL,
          requests REAL,
          credits REAL,
          characters REAL,
          seconds REAL,
          images REAL,
          pages REAL,
          cost_nano_usd INTEGER,
          cost_status TEXT NOT NULL,
          price_key TEXT,
          price_version TEXT,
          conversation_id TEXT,
          message_id TEXT,
          call_site_function TEXT,
          git_commit TEXT,
          run_id TEXT,
          request_fingerprint TEXT,
          endpoint TEXT,
          raw_usage TEXT,
          schema_version INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX calls_by_start ON calls (started_at_ms);
        CREATE UNIQUE INDEX calls_by_response ON calls (provider, response_id) WHERE response_is_identity = 1;
        CREATE INDEX calls_by_conversation ON calls (conversation_id, started_at_ms) WHERE conversation_id IS NOT NULL;
        CREATE INDEX calls_by_run ON calls (run_id, started_at_ms) WHERE run_id IS NOT NULL;
        CREATE INDEX calls_pending ON calls (started_at_ms) WHERE status = 'pending';
        CREATE INDEX calls_unpriced ON calls (started_at_ms) WHERE cost_status = 'unpriced';

        -- Attributes of calls. \`call\` is calls.id.
        CREATE TABLE call_labels (
          call INTEGER NOT NULL,
          name TEXT NOT NULL,
          value TEXT NOT NULL,
          PRIMARY KEY (call, name)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX call_labels_by_value ON call_labels (name, value);

        -- Ids of calls that proved to be another call seen twice. \`call\` is calls.id of that one.
        CREATE TABLE merged_calls (
          call_id TEXT PRIMARY KEY,
          call INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;

        -- Sums over the calls of one quarter hour (UTC) with the same dimensions.
        CREATE TABLE rollups (
          bucket_ms INTEGER NOT NULL,
          dimension_id INTEGER NOT NULL,
          calls INTEGER NOT NULL,
          errors INTEGER NOT NULL,
          aborted INTEGER NOT NULL,
          retries INTEGER NOT NULL,
          input_tokens INTEGER NOT NULL,
          output_tokens INTEGER NOT NULL,
          cache_read_input_tokens INTEGER NOT NULL,
          cache_creation_input_tokens INTEGER NOT NULL,
          reasoning_output_tokens INTEGER NOT NULL,
          cost_nano_usd INTEGER NOT NULL,
          retry_cost_nano_usd INTEGER NOT NULL,
          unpriced_calls INTEGER NOT NULL,
          incomplete_calls INTEGER NOT NULL,
          estimated_calls INTEGER NOT NULL,
          -- Durations as text, see histogram.ts.
          latency TEXT NOT NULL,
          PRIMARY KEY (bucket_ms, dimension_id)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE budgets (
          id TEXT PRIMARY KEY,
          period TEXT NOT NULL,
          scope_dimension TEXT,
          scope_value TEXT,
          limit_nano_usd INTEGER NOT NULL,
          thresholds TEXT NOT NULL
        ) STRICT;
        CREATE TABLE budget_notices (
          budget_id TEXT NOT NULL,
          period_start TEXT NOT NULL,
          threshold REAL NOT NULL,
          PRIMARY KEY (budget_id, period_start, threshold)
        ) STRICT, WITHOUT ROWID;
      `),
  },
  {
    version: 2,
    name: "sizes of requests and responses",
    apply: (database) =>
      database.exec(`
        ALTER TABLE calls ADD COLUMN request_bytes INTEGER;
        ALTER TABLE calls ADD COLUMN response_bytes INTEGER;
      `),
  },
  {
    version: 3,
    name: "budgets that stop",
    apply: (database) => database.exec("ALTER TABLE budgets ADD COLUMN hard_stop INTEGER NOT NULL DEFAULT 0"),
  },
  { version: 4, name: "the team", apply: (database) => database.exec(TEAM_TABLES) },
  {
    version: 5,
    name: "budgets of the settings, and those that are silent",
    apply: (database) =>
      database.exec(`
        ALTER TABLE budgets ADD COLUMN in_settings INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE budgets ADD COLUMN muted INTEGER NOT NULL DEFAULT 0;
      `),
  },
  {
    version: 6,
    name: "times to the first token",
    apply: (database) => {
      database.exec(`
        ALTER TABLE calls ADD COLUMN first_token_step INTEGER;
        -- As latency is for durations.
        ALTER TABLE rollups ADD COLUMN first_token TEXT NOT NULL DEFAULT '';
        CREATE TEMP TABLE steps (shortest INTEGER PRIMARY KEY, step INTEGER NOT NULL);
      `);
      const last = latencyStep(Number.POSITIVE_INFINITY);
      const steps = Array.from({ length: last + 1 }, (_, step) => [shortestOfStep(step), step]);
      database.run("INSERT INTO steps SELECT value ->> 0, value ->> 1 FROM json_each(?)", [
        rowsAsJson(steps),
      ]);
      database.exec(`
        UPDATE calls SET first_token_step = (
            SELECT step FROM steps WHERE shortest <= max(0, round(calls.time_to_first_token_ms))
            ORDER BY shortest DESC LIMIT 1
          )
          WHERE time_to_first_token_ms IS NOT NULL;
        CREATE TEMP TABLE first_tokens AS
          SELECT bucket_ms, dimension_id, group_concat(step || ':' || calls || ';', '') AS encoded FROM (
            SELECT started_at_ms - ((started_at_ms % 900000) + 900000) % 900000 AS bucket_ms, dimension_id,
              first_token_step AS step, count(*) AS calls
            FROM calls WHERE first_token_step IS NOT NULL AND status <> 'pending'
            GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
          ) GROUP BY bucket_ms, dimension_id;
        UPDATE rollups SET first_token = t.encoded FROM first_tokens t
          WHERE t.bucket_ms = rollups.bucket_ms AND t.dimension_id = rollups.dimension_id;
        DROP TABLE first_tokens;
        DROP TABLE steps;
      `);
    },
  },
  { version: 7, name: "a copy of the team's days", apply: (database) => database.exec(TEAM_MIRROR_TABLES) },
  {
    version: 8,
    name: "budgets of the settings that were removed",
    apply: (database) => database.exec("CREATE TABLE removed_budgets (id TEXT PRIMARY KEY) WITHOUT ROWID"),
  },
];
