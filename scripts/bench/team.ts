/**
 * What a team's database holds, reads and writes: a year of a team, built in a real server by the statements that daemons
 * push by, then looked at as a dashboard does. Rows are as the server counts them, which is what Turso bills. Prints JSON
 * lines. `DEVELOPERS=50 DAYS=365 node scripts/bench/team.ts`.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { resolveQueryRange } from "../../daemon/http/resolveQueryRange.ts";
import { QUARTER_HOUR_MS } from "../../daemon/store/rollupSums.ts";
import { openStore } from "../../daemon/store/workerStore.ts";
import { ensureTeamSchema } from "../../daemon/team/schema.ts";
import { openTeamDatabase, type TeamDatabase } from "../../daemon/team/teamDatabase.ts";
import { createTeamReading } from "../../daemon/team/teamReading.ts";
import type { TeamSpendQuery } from "../../shared/teamSpend.ts";
import { freePort } from "../../test/e2e/lib/freePort.ts";
import { ensureSqld } from "../lib/provision.mjs";
import { printFigure } from "./measure.ts";
import { meteredDatabase } from "./team/meteredDatabase.ts";
import { rollup, simulatedMachine, simulateTeam } from "./team/simulatedTeam.ts";

const developers = Number(process.env["DEVELOPERS"] ?? 50);
const days = Number(process.env["DAYS"] ?? 365);
/** A Friday. */
const LAST_DAY = "2026-11-20";
const nowMs = () => Date.parse(`${LAST_DAY}T17:00:00.000Z`) + passedMs;
let passedMs = 0;

const folder = mkdtempSync(join(tmpdir(), "taximeter-team-"));
const port = await freePort();
const url = `http://127.0.0.1:${port}`;
const data = join(folder, "data");
const sqld = spawn(
  await ensureSqld(),
  ["--http-listen-addr", `127.0.0.1:${port}`, "--db-path", data, "--no-welcome"],
  { stdio: "ignore" },
);
const store = await openStore({
  file: join(folder, "taximeter.db"),
  workerUrl: new URL("../../daemon/store/worker.ts", import.meta.url),
});
try {
  await measureTeam();
} finally {
  await store.close();
  sqld.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

async function measureTeam(): Promise<void> {
  while (
    !(await fetch(`${url}/health`)
      .then(({ ok }) => ok)
      .catch(() => false))
  )
    await sleep(50);
  const plain = openTeamDatabase({ url, token: null, timeoutMs: 60_000 });
  const { timeZone } = await ensureTeamSchema(plain, "UTC");
  plain.close();
  const database = meteredDatabase(url);

  const { rollups, workingDays } = await simulateTeam(database, { developers, days, lastDay: LAST_DAY });
  const built = database.take();
  const developerDays = developers * workingDays;
  printFigure("developers", developers, "");
  printFigure("quarter hours' rows of all", rollups, "rows");
  printFigure("rows written for each of them, in pushes of a thousand", built.rowsWritten / rollups, "rows");
  const bytes = await bytesOf(database);
  printFigure("storage of all", bytes / 1e6, "MB");
  printFigure("storage for a developer's working day", bytes / developerDays / 1e3, "kB");
  const [[counts] = []] = await database.batch("read", [
    { sql: "SELECT count(*) AS days FROM taximeter_days", args: [] },
  ]);
  printFigure("days' rows of all", Number(counts?.["days"]), "rows");

  // What a daemon pushes while its app works: a few rows of this quarter hour, known to the team or new to it.
  const machine = simulatedMachine(database, developers);
  const bucketMs = Math.floor(nowMs() / QUARTER_HOUR_MS) * QUARTER_HOUR_MS;
  const rows = (from: number, seed: number) =>
    [0, 1, 2].map((index) => rollup(machine.developer, developers, from + index, bucketMs, () => seed));
  await machine.push(rows(0, 0.1));
  database.take();
  await machine.push(rows(0, 0.5));
  const again = database.take();
  printFigure("a push of three rows that changed: written", again.rowsWritten, "rows");
  printFigure("a push of three rows that changed: read", again.rowsRead, "rows");
  await machine.push(rows(3, 0.5));
  const anew = database.take();
  printFigure("a push of three rows of new names: written", anew.rowsWritten, "rows");

  await store.setTeam({
    url,
    timeZone,
    share: { kind: "rollups", details: [] },
    joinedAtMs: 0,
    tokenPlace: null,
    lastPushedAtMs: null,
    takingBack: false,
  });
  const { view, budgets } = createTeamReading({
    store,
    database: () => database,
    developer: "reader",
    resolve: (range) => resolveQueryRange(range, nowMs(), timeZone),
    nowMs,
    sleep: (ms) => sleep(ms, undefined, { ref: false }),
    isWatched: () => true,
    onBudgets: () => {},
    onToday: () => {},
    log: (line) => console.error(line),
  });
  const look = async (name: string, query: TeamSpendQuery) => {
    passedMs += 60_000;
    const start = performance.now();
    const spend = await view.spend(query);
    const took = performance.now() - start;
    const { rowsRead, answerBytes } = database.take();
    if (spend === null || spend.freshness.problem !== null) throw new Error(JSON.stringify(spend?.freshness));
    printFigure(`${name}: rows read`, rowsRead, "rows");
    printFigure(`${name}: took`, took, "ms");
    if (answerBytes > 100_000) printFigure(`${name}: sent`, answerBytes / 1e6, "MB");
  };
  await look("today, for the first time", { from: "today", groupBy: ["developer"] });
  await look("the month, for the first time", { from: "month", groupBy: ["developer"] });
  await look("the month, once more", { from: "month", groupBy: ["developer"] });
  await machine.push(rows(0, 0.9));
  database.take();
  await look("the month, after a push", { from: "month", groupBy: ["project"] });
  await look("thirty days, the ones before read", { from: "30d", groupBy: ["source"] });
  if (days > 90) await look("a year, for the first time", { from: "365d", groupBy: ["model"] });
  if (days > 90) await look("a year, once more", { from: "365d", groupBy: ["day", "developer"] });
  passedMs += 60_000;
  await budgets.look();
  printFigure("budgets and today's sum, where nothing has changed", database.take().rowsRead, "rows");

  // What the same would cost if the database were asked to add up each time.
  const asked = async (name: string, table: string, condition: string) => {
    const start = performance.now();
    await database.batch("read", [
      {
        sql: `SELECT c.developer, sum(f.cost_nano_usd) FROM ${table} f
          JOIN taximeter_contributors c ON c.id = f.contributor_id WHERE ${condition} GROUP BY c.developer`,
        args: [],
      },
    ]);
    printFigure(`${name}: rows read`, database.take().rowsRead, "rows");
    printFigure(`${name}: took`, performance.now() - start, "ms");
  };
  await asked("the month added up by the database from days", "taximeter_days", "day >= '2026-11-01'");
  await asked(
    "the month added up by the database from quarter hours",
    "taximeter_rollups",
    `bucket_ms >= ${Date.parse("2026-11-01")}`,
  );
}

async function bytesOf(database: TeamDatabase): Promise<number> {
  const [[pages] = []] = await database.batch("read", [
    { sql: "SELECT page_count * page_size AS bytes FROM pragma_page_count(), pragma_page_size()", args: [] },
  ]);
  return Number(pages?.["bytes"]);
}
