import { sumColumns } from "./rollupSums.ts";

/** A copy of what was looked at of the team's database, see teamMirror.ts: step 7 of the ladder. Ids are the team's. */
export const TEAM_MIRROR_TABLES = `
  CREATE TABLE team_days (
    day TEXT NOT NULL,
    contributor_id INTEGER NOT NULL,
    dimension_id INTEGER NOT NULL,
    ${sumColumns.map((column) => `${column} INTEGER NOT NULL`).join(", ")},
    PRIMARY KEY (day, contributor_id, dimension_id)
  ) STRICT, WITHOUT ROWID;

  -- Every day that was looked at; the empty version is of a day on which the team had nothing.
  CREATE TABLE team_day_versions (
    day TEXT PRIMARY KEY,
    version TEXT NOT NULL,
    read_at_ms INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE team_dimensions (
    id INTEGER PRIMARY KEY,
    provider TEXT NOT NULL,
    operation TEXT NOT NULL,
    model TEXT NOT NULL,
    source TEXT NOT NULL,
    source_kind TEXT NOT NULL,
    feature TEXT NOT NULL,
    project TEXT NOT NULL,
    branch TEXT NOT NULL,
    call_site TEXT NOT NULL,
    workspace TEXT NOT NULL
  ) STRICT;

  CREATE TABLE team_contributors (
    id INTEGER PRIMARY KEY,
    developer TEXT NOT NULL,
    machine TEXT NOT NULL,
    version TEXT NOT NULL,
    pushed_at_ms INTEGER NOT NULL
  ) STRICT;
`;
