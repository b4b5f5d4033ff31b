import { type Database, rowsAsJson } from "./database.ts";
import { readSetting, writeSetting } from "./teamSettings.ts";

/**
 * What has changed since the team was told. Written in the transaction that changes the rollups, so that neither can be
 * without the other; while no team is joined nothing is written.
 */
export interface TeamOutbox {
  isOn(): boolean;
  /** To be called within the transaction: these rollups, by quarter hour and dimensions, and these calls changed. */
  changed(
    rollups: Iterable<readonly [bucketMs: number, dimensionId: number]>,
    callIds: Iterable<string>,
  ): void;
  /** A number above all before. To be called within a transaction. */
  nextRevision(): number;
  /** Everything that is stored is to be pushed, or pushed again. */
  addAll(): void;
  /** Nothing is to be pushed. */
  clear(): void;
  outstanding(): number;
}

const REVISION = "revision";
const MARK_ROLLUPS = `INSERT OR REPLACE INTO team_outbox (bucket_ms, dimension_id, revision)
  SELECT value ->> 0, value ->> 1, ? FROM json_each(?)`;
const MARK_CALLS = `INSERT OR REPLACE INTO team_call_outbox (call_id, revision)
  SELECT value, ? FROM json_each(?)`;
/** Of this machine alone: what a former one held is its own to push. */
const CURRENT = "(SELECT max(number) FROM team_machines)";

/** `shares`: what is shared now, `null` where no team is joined. */
export function createTeamOutbox(database: Database, shares: () => "rollups" | "calls" | null): TeamOutbox {
  const nextRevision = () => {
    const revision = (readSetting<number>(database, REVISION) ?? 0) + 1;
    writeSetting(database, REVISION, revision);
    return revision;
  };
  return {
    isOn: () => shares() !== null,
    nextRevision,
    changed: (rollups, callIds) => {
      const shared = shares();
      if (shared === null) return;
      const revision = nextRevision();
      database.run(MARK_ROLLUPS, [revision, rowsAsJson([...rollups])]);
      if (shared === "calls") database.run(MARK_CALLS, [revision, JSON.stringify([...callIds])]);
    },
    addAll: () => {
      const revision = nextRevision();
      database.run(
        `INSERT OR REPLACE INTO team_outbox (bucket_ms, dimension_id, revision)
         SELECT r.bucket_ms, r.dimension_id, ? FROM rollups r JOIN dimensions d ON d.id = r.dimension_id
         WHERE d.machine = ${CURRENT}`,
        [revision],
      );
      database.run("DELETE FROM team_call_outbox");
      if (shares() !== "calls") return;
      database.run(
        `INSERT INTO team_call_outbox (call_id, revision)
         SELECT c.call_id, ? FROM calls c JOIN dimensions d ON d.id = c.dimension_id WHERE d.machine = ${CURRENT}`,
        [revision],
      );
    },
    clear: () => {
      database.run("DELETE FROM team_outbox");
      database.run("DELETE FROM team_call_outbox");
    },
    outstanding: () =>
      database.first<{ rows: number }>(
        "SELECT (SELECT count(*) FROM team_outbox) + (SELECT count(*) FROM team_call_outbox) AS rows",
      )?.rows ?? 0,
  };
}
