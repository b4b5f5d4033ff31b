import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import Database from "libsql";
import { expect, onTestFinished, test } from "vitest";
import { DaemonUnavailableError } from "../../daemon/client/errors.ts";
import { makeReport } from "../builders.ts";
import {
  connect,
  discoveryIn,
  eventually,
  isAlive,
  runningDaemon,
  startDaemon,
  temporaryHome,
} from "./realDaemon.ts";

function ndjson(values: readonly unknown[]): string {
  return values.map((value) => `${JSON.stringify(value)}\n`).join("");
}

test("twenty that start at once become one", { timeout: 60_000 }, async () => {
  const home = temporaryHome();
  const started = await Promise.all(Array.from({ length: 20 }, () => startDaemon({ home })));
  const { pid } = await eventually(() => discoveryIn(home));
  const losers = started.filter(({ child }) => child.pid !== pid);
  expect(losers.length).toBe(19);
  const ends = await Promise.all(
    losers.map(async ({ ended, said }) => ({ code: await ended, said: said() })),
  );
  expect(ends).toEqual(losers.map(() => ({ code: 0, said: "" })));
  const connection = await connect({ home, launches: null });
  expect((await connection.request("status", {})).pid).toBe(pid);
});

test("everything in the home is for its user alone", async () => {
  const home = temporaryHome();
  mkdirSync(home, { recursive: true, mode: 0o755 });
  chmodSync(home, 0o755);
  await runningDaemon({ home });
  const modeOf = (path: string) => statSync(path).mode & 0o777;
  expect(modeOf(home)).toBe(0o700);
  for (const name of readdirSync(home)) expect(modeOf(join(home, name)) & 0o077, name).toBe(0);
});

test("asked to stop it drains, takes its discovery away, and says why in its log", async () => {
  const home = temporaryHome();
  const { child, ended } = await runningDaemon({ home });
  const connection = await connect({ home, launches: null });
  await connection.request("ingest", { body: [makeReport()] });
  child.kill("SIGTERM");
  expect(await ended).toBe(0);
  expect(existsSync(join(home, "daemon.json"))).toBe(false);
  expect(readFileSync(join(home, "logs/daemon.log"), "utf8")).toMatch(/leaves: SIGTERM/);
});

test("idle it leaves, an open live stream notwithstanding", async () => {
  const home = temporaryHome();
  const { ended } = await runningDaemon({ home, args: ["--idle-ms", "600"] });
  const connection = await connect({ home, launches: null });
  const seen: string[] = [];
  const watch = connection.watch({}, { event: ({ type }) => seen.push(type), connection: () => {} });
  await eventually(() => seen.includes("snapshot"));
  expect(await ended).toBe(0);
  watch.dispose();
});

test("at work it stays beyond its idle time", async () => {
  const home = temporaryHome();
  const { child, ended } = await runningDaemon({ home, args: ["--idle-ms", "1500"] });
  const connection = await connect({ home, launches: null });
  const until = performance.now() + 3_000;
  while (performance.now() < until) {
    await connection.request("status", {});
    await sleep(100);
  }
  expect(child.exitCode).toBe(null);
  expect(await ended).toBe(0);
});

test("a daemon that its discovery no longer names leaves, and leaves its successor's alone", async () => {
  const home = temporaryHome();
  const { ended, discovery } = await runningDaemon({ home, args: ["--watch-ms", "100"] });
  const successors = JSON.stringify({ ...discovery, pid: process.pid, nonce: "f".repeat(32) });
  writeFileSync(join(home, "daemon.json"), successors, { mode: 0o600 });
  expect(await ended).toBe(0);
  expect(readFileSync(join(home, "daemon.json"), "utf8")).toBe(successors);
});

test("a home that cannot be written is named in one line, by the daemon and by its client", async () => {
  // Root may write anywhere: a file in the folder's place is in its way too.
  const parent = temporaryHome();
  mkdirSync(parent, { recursive: true });
  const home = join(parent, "state");
  if (process.getuid?.() === 0) writeFileSync(home, "");
  else {
    mkdirSync(home);
    chmodSync(home, 0o500);
  }
  const { ended, said } = await startDaemon({ home });
  expect(await ended).toBe(1);
  expect(said()).toMatch(/^taximeter daemon: .*state cannot be written: .*\n$/);
  const connection = await connect({ home });
  const error = await connection.request("status", {}).catch((reason) => reason);
  expect(error).toBeInstanceOf(DaemonUnavailableError);
  expect(error.message).toMatch(/cannot be written/);
});

test("a database of a newer Taximeter is left alone, and said so", async () => {
  const home = temporaryHome();
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const database = new Database(join(home, "taximeter.db"));
  database.exec("CREATE TABLE future (x); PRAGMA user_version = 9999");
  database.close();
  const connection = await connect({ home });
  const error = await connection.request("status", {}).catch((reason) => reason);
  expect(error).toBeInstanceOf(DaemonUnavailableError);
  expect(error.message).toMatch(/newer/);
  expect(readFileSync(join(home, "logs/daemon.log"), "utf8")).toMatch(/did not start: .*newer/);
});

test("a lock that a stranger holds is named; once let go, the daemon starts", async () => {
  const home = temporaryHome();
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const database = new Database(join(home, "lock.db"));
  database.exec("BEGIN EXCLUSIVE");
  onTestFinished(() => void database.close());
  const connection = await connect({ home, args: ["--lock-wait-ms", "300"] });
  await expect(connection.request("status", {})).rejects.toThrow(/Another process holds .*lock\.db/);
  database.close();
  expect((await connection.request("status", {})).recording).toBe(true);
});

test("what was spooled while no daemon ran is there when it answers, once, in whatever order it came", async () => {
  const home = temporaryHome();
  const spool = join(home, "spool");
  mkdirSync(spool, { recursive: true, mode: 0o700 });
  const reports = Array.from({ length: 30 }, () => makeReport());
  writeFileSync(join(spool, "a.ndjson"), ndjson(reports));
  writeFileSync(join(spool, "b.ndjson"), ndjson(reports.slice(10, 25).reverse()));
  writeFileSync(join(spool, "c.ndjson.tmp"), ndjson([makeReport()]));
  const connection = await connect({ home });
  const { total } = await connection.request("spend", { query: {} });
  expect(total.calls).toBe(30);
  expect(readdirSync(spool)).toEqual(["c.ndjson.tmp"]);
});

test("what is spooled while the daemon runs is taken in; what is no report is set aside", async () => {
  const home = temporaryHome();
  const connection = await connect({ home });
  await connection.request("status", {});
  const spool = join(home, "spool");
  writeFileSync(join(spool, "bad.ndjson"), `not json\n${ndjson([makeReport()])}`);
  writeFileSync(join(spool, "good.ndjson"), ndjson([makeReport(), makeReport()]));
  await eventually(async () => (await connection.request("status", {})).storedCalls === 3);
  await eventually(() => readdirSync(spool).join() === "rejected");
  expect(readdirSync(join(spool, "rejected"))).toEqual(["bad.ndjson"]);
  expect((await connection.request("status", {})).warnings.join()).toMatch(/could not be read/);
});

test("a pause of recording outlives the daemon", async () => {
  const home = temporaryHome();
  const connection = await connect({ home });
  await connection.request("setRecording", { body: { recording: false } });
  process.kill((await connection.request("status", {})).pid, "SIGKILL");
  const { results } = await connection.request("ingest", { body: [makeReport()] });
  expect(results).toMatchObject([{ outcome: "ignored", reason: "recording is paused" }]);
  await connection.request("setRecording", { body: { recording: true } });
  expect((await connection.request("ingest", { body: [makeReport()] })).results).toMatchObject([
    { outcome: "accepted" },
  ]);
});

test("killed in the middle of intake, again and again, it loses and doubles nothing", {
  timeout: 120_000,
}, async () => {
  const home = temporaryHome();
  const connection = await connect({ home });
  const acknowledged = new Set<string>();
  for (let round = 0; round < 10; round += 1) {
    const { pid } = await connection.request("status", {});
    const killed = sleep(Math.random() * 60).then(() => process.kill(pid, "SIGKILL"));
    while (isAlive(pid)) {
      const body = Array.from({ length: 50 }, () => makeReport());
      const { results } = await connection.request("ingest", { body });
      for (const result of results) {
        expect(["accepted", "duplicate"]).toContain(result.outcome);
        acknowledged.add(String(result.callId));
      }
      if ((await connection.request("status", {})).pid !== pid) break;
    }
    await killed;
  }
  const { total } = await connection.request("spend", { query: {} });
  const { storedCalls } = await connection.request("status", {});
  expect(storedCalls).toBe(acknowledged.size);
  expect(total.calls).toBe(acknowledged.size);
  expect(total.costUsd).toBe(String((acknowledged.size * 21) / 100_000));
});

test("the log is bounded, and knows no more than the daemon's own sentences", async () => {
  const home = temporaryHome();
  mkdirSync(join(home, "logs"), { recursive: true, mode: 0o700 });
  writeFileSync(join(home, "logs/daemon.log"), "x".repeat(999_990));
  const { discovery } = await runningDaemon({ home });
  const log = readFileSync(join(home, "logs/daemon.log"), "utf8");
  expect(log.length).toBeLessThan(1_000);
  expect(log).not.toContain(discovery.token);
  expect(existsSync(join(home, "logs/daemon.log.1"))).toBe(true);
});
