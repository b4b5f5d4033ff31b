/** The store's part in a team: step 4 of the ladder. */
export const TEAM_TABLES = `
  -- \`machine\` is team_machines.number: as which machine the team knows these calls.
  CREATE TABLE dimensions_of_machines (
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
    machine INTEGER NOT NULL,
    UNIQUE (
      provider, operation, model, source, source_kind, feature, developer, workspace, git_branch, call_site,
      machine
    )
  ) STRICT;
  INSERT INTO dimensions_of_machines
    SELECT id, provider, operation, model, source, source_kind, feature, developer, workspace, git_branch,
      call_site, 0 FROM dimensions;
  DROP TABLE dimensions;
  ALTER TABLE dimensions_of_machines RENAME TO dimensions;

  -- Values as JSON, see teamTable.ts.
  CREATE TABLE team_settings (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;

  -- Who this store is to the team. A copy of a store becomes another machine, and what it held before stays the first
  -- one's: of a former machine nothing is pushed that changed after \`sealed_revision\`.
  CREATE TABLE team_machines (
    number INTEGER PRIMARY KEY,
    machine TEXT NOT NULL UNIQUE,
    sealed_revision INTEGER
  ) STRICT;

  -- Claims under which this machine pushed or tried to, oldest first; \`settled\` where the team said that it has it.
  -- See daemon/team/push.ts.
  CREATE TABLE team_claims (
    id INTEGER PRIMARY KEY,
    claim TEXT NOT NULL UNIQUE,
    settled INTEGER NOT NULL
  ) STRICT;

  -- Rollups and calls that changed and have not reached the team. \`revision\` is that of the change.
  CREATE TABLE team_outbox (
    bucket_ms INTEGER NOT NULL,
    dimension_id INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    PRIMARY KEY (bucket_ms, dimension_id)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE team_call_outbox (
    call_id TEXT PRIMARY KEY,
    revision INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
`;
