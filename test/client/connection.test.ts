import { chmodSync, chownSync, mkdirSync, symlinkSync, unlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { ApiRequestError, DaemonUnavailableError } from "../../daemon/client/errors.ts";
import type { LiveEvent } from "../../shared/live.ts";
import { makeReport } from "../builders.ts";
import {
  connect,
  discoveryIn,
  eventually,
  isAlive,
  runningDaemon,
  temporaryHome,
} from "../daemon/realDaemon.ts";

const stranger = {
  token: "a".repeat(64),
  nonce: "b".repeat(32),
  version: "1.0.0",
  protocol: 1,
};

function writeDiscovery(home: string, discovery: object, mode = 0o600) {
  mkdirSync(home, { recursive: true, mode: 0o700 });
  writeFileSync(join(home, "daemon.json"), JSON.stringify(discovery), { mode });
  chmodSync(join(home, "daemon.json"), mode);
}

test("starts a daemon that outlives the client, and finds it again", async () => {
  const home = temporaryHome();
  const first = await connect({ home });
  const { pid } = await first.request("status", {});
  first.dispose();
  const second = await connect({ home, launches: null });
  expect((await second.request("status", {})).pid).toBe(pid);
  expect(isAlive(pid)).toBe(true);
});

test("without a daemon and without a way to start one it says so", async () => {
  const connection = await connect({ home: temporaryHome(), launches: null });
  await expect(connection.request("status", {})).rejects.toThrow(DaemonUnavailableError);
  await expect(connection.request("status", {})).rejects.toThrow(/No daemon is running/);
});

test("a command that cannot be run is named", async () => {
  const { createConnection } = await import("../../daemon/client/connection.ts");
  const launch = { command: "/no/such/node", args: [], env: {} };
  const connection = createConnection({ home: temporaryHome(), version: "1.0.0", launch });
  await expect(connection.request("status", {})).rejects.toThrow(/\/no\/such\/node cannot be run/);
});

test("a refusal comes with its sentence and its field", async () => {
  const connection = await connect({ home: temporaryHome() });
  const refusal = await connection.request("spend", { query: { from: "someday" } }).catch((error) => error);
  expect(refusal).toBeInstanceOf(ApiRequestError);
  expect(refusal).toMatchObject({ status: 400, field: "from" });
});

test("a killed daemon is started again, and what was acknowledged is there once", async () => {
  const home = temporaryHome();
  const connection = await connect({ home });
  const reports = Array.from({ length: 20 }, () => makeReport());
  await connection.request("ingest", { body: reports });
  const { pid } = await connection.request("status", {});
  process.kill(pid, "SIGKILL");
  await eventually(() => !isAlive(pid));
  const again = await connection.request("ingest", { body: reports });
  expect(again.results.map(({ outcome }) => outcome)).toEqual(reports.map(() => "duplicate"));
  const status = await connection.request("status", {});
  expect(status.pid).not.toBe(pid);
  expect(status.storedCalls).toBe(20);
});

test("an older daemon hands over to the newer client's own, and nothing is lost", async () => {
  const home = temporaryHome();
  const old = await runningDaemon({ home, version: "0.9.0" });
  const connection = await connect({ home, version: "1.0.0" });
  const status = await connection.request("status", {});
  expect(status.version).toBe("1.0.0");
  expect(await old.ended).toBe(0);
});

test("while an older client reports, a newer one takes over: what was acknowledged is there, once", async () => {
  const home = temporaryHome();
  await runningDaemon({ home, version: "0.9.0" });
  const older = await connect({ home, version: "0.9.0" });
  const newer = await connect({ home, version: "1.0.0" });
  const acknowledged: string[] = [];
  let reporting = true;
  const reports = (async () => {
    while (reporting) {
      const { results } = await older.request("ingest", { body: [makeReport(), makeReport()] });
      for (const { callId, outcome } of results)
        if (outcome !== "rejected") acknowledged.push(String(callId));
    }
  })();
  await eventually(() => acknowledged.length > 20);
  expect((await newer.request("status", {})).version).toBe("1.0.0");
  const before = acknowledged.length;
  await eventually(() => acknowledged.length > before + 20);
  reporting = false;
  await reports;
  expect((await newer.request("status", {})).storedCalls).toBe(new Set(acknowledged).size);
});

test("an older client stays with a newer daemon of its protocol", async () => {
  const home = temporaryHome();
  const { discovery } = await runningDaemon({ home, version: "1.1.0" });
  const connection = await connect({ home, version: "1.0.0" });
  expect((await connection.request("status", {})).pid).toBe(discovery.pid);
});

test("a daemon of a newer protocol is left alone, with a word on what to do", async () => {
  const home = temporaryHome();
  const { discovery } = await runningDaemon({ home, version: "9.0.0" });
  writeDiscovery(home, { ...discovery, protocol: 2 });
  const connection = await connect({ home, version: "1.0.0" });
  await expect(connection.request("status", {})).rejects.toThrow(/speaks protocol 2.*Update Taximeter/);
  expect(isAlive(discovery.pid)).toBe(true);
});

test("a stranger on the old port gets no token, and is not disturbed", async () => {
  const home = temporaryHome();
  const seen: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    seen.push(request.headers.authorization);
    response.end(JSON.stringify({ name: "taximeter", protocol: 1, proof: "00" }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  writeDiscovery(home, { ...stranger, pid: process.pid, port });
  const connection = await connect({ home });
  const status = await connection.request("status", {});
  expect(status.port).not.toBe(port);
  expect(seen.length).toBeGreaterThan(0);
  expect(seen.every((authorization) => authorization === undefined)).toBe(true);
});

test("a stranger who takes the port of a daemon that is known gets no token either", async () => {
  const home = temporaryHome();
  const { discovery, child, ended } = await runningDaemon({ home });
  const connection = await connect({ home, launches: null });
  await connection.request("status", {});
  child.kill("SIGKILL");
  await ended;
  const seen: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    seen.push(request.headers.authorization);
    response.end("{}");
  });
  await new Promise<void>((resolve) => server.listen(discovery.port, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  await expect(connection.request("status", {})).rejects.toThrow(DaemonUnavailableError);
  expect(seen.length).toBeGreaterThan(0);
  expect(seen.every((authorization) => authorization === undefined)).toBe(true);
});

test("a process that has the pid of a daemon long gone is not killed", async () => {
  const home = temporaryHome();
  // Our own pid stands for the reused one; nobody listens on the port.
  writeDiscovery(home, { ...stranger, pid: process.pid, port: 1 });
  const connection = await connect({ home });
  expect((await connection.request("status", {})).pid).not.toBe(process.pid);
});

test("a discovery file that others can read is refused", async () => {
  const home = temporaryHome();
  writeDiscovery(home, { ...stranger, pid: process.pid, port: 1 }, 0o644);
  const connection = await connect({ home });
  await expect(connection.request("status", {})).rejects.toThrow(/other users can read or write it/);
});

test.runIf(process.getuid?.() === 0)("a discovery file that belongs to another is refused", async () => {
  const home = temporaryHome();
  writeDiscovery(home, { ...stranger, pid: process.pid, port: 1 });
  chownSync(join(home, "daemon.json"), 12_345, 12_345);
  const connection = await connect({ home });
  await expect(connection.request("status", {})).rejects.toThrow(/belongs to another user/);
});

test("a discovery file that is a symbolic link is refused", async () => {
  const home = temporaryHome();
  writeDiscovery(home, { ...stranger, pid: process.pid, port: 1 });
  writeFileSync(join(home, "elsewhere.json"), "{}", { mode: 0o600 });
  unlinkSync(join(home, "daemon.json"));
  symlinkSync(join(home, "elsewhere.json"), join(home, "daemon.json"));
  const connection = await connect({ home });
  await expect(connection.request("status", {})).rejects.toThrow(/symbolic link/);
});

test("a watch gets a snapshot, then what is spent, and comes back after the daemon is killed", async () => {
  const home = temporaryHome();
  const connection = await connect({ home });
  const events: LiveEvent[] = [];
  const states: string[] = [];
  const watch = connection.watch(
    {},
    { event: (event) => events.push(event), connection: (state) => states.push(state) },
  );
  const ofType = <Type extends LiveEvent["type"]>(type: Type) =>
    events.filter((event): event is Extract<LiveEvent, { type: Type }> => event.type === type);
  await eventually(() => ofType("snapshot").length === 1);
  const report = makeReport();
  await connection.request("ingest", { body: [report] });
  await eventually(() => ofType("spend").at(-1)?.data.total.calls === 1);
  await eventually(() => ofType("call").at(-1)?.data.calls[0]?.callId === report.callId);

  process.kill(discoveryIn(home)?.pid ?? Number.NaN, "SIGKILL");
  await eventually(() => ofType("snapshot").length === 2);
  expect(ofType("snapshot")[1]?.data.spend.total.calls).toBe(1);
  expect(states.at(-1)).toBe("live");
  watch.dispose();
  const heard = events.length;
  await connection.request("ingest", { body: [makeReport()] });
  await sleep(300);
  expect(events.length).toBe(heard);
});

test("a watch that is updated watches the new scope", async () => {
  const connection = await connect({ home: temporaryHome() });
  await connection.request("ingest", { body: [makeReport({ source: "/a" }), makeReport({ source: "/b" })] });
  const events: LiveEvent[] = [];
  const watch = connection.watch({}, { event: (event) => events.push(event), connection: () => {} });
  await eventually(() => events.at(-1)?.type === "snapshot");
  watch.update({ filters: { source: ["/b"] } });
  const snapshot = await eventually(() => {
    const last = events.findLast((event) => event.type === "snapshot");
    return last?.type === "snapshot" && last.data.spend.total.calls === 1 ? last.data : null;
  });
  expect(snapshot.recentCalls.map(({ source }) => source)).toEqual(["/b"]);
});

test("a watch whose daemon cannot start says why, and lives when it can", async () => {
  const home = temporaryHome();
  mkdirSync(join(home, ".."), { recursive: true });
  writeFileSync(home, "in the way");
  const connection = await connect({ home });
  const states: [string, string | null][] = [];
  const watch = connection.watch(
    {},
    { event: () => {}, connection: (state, detail) => states.push([state, detail]) },
  );
  const lost = await eventually(() => states.find(([state]) => state === "lost") ?? null);
  expect(lost[1]).toMatch(/cannot be written: a file stands in its place/);
  unlinkSync(home);
  await eventually(() => states.at(-1)?.[0] === "live");
  watch.dispose();
});

test("a daemon that hangs is said to, within ten seconds, and lives at once when it comes to", async () => {
  const home = temporaryHome();
  const connection = await connect({ home });
  const { pid } = await connection.request("status", {});
  const said: string[] = [];
  const watch = connection.watch(
    { from: "today" },
    { event: () => {}, connection: (state, detail) => void said.push(detail ?? state) },
  );
  await eventually(() => said.at(-1) === "live");
  // Over a connection that was proved while all was well.
  await connection.request("status", {});
  process.kill(pid, "SIGSTOP");
  onTestFinished(() => {
    watch.dispose();
    if (isAlive(pid)) process.kill(pid, "SIGCONT");
  });
  const stoppedAt = performance.now();
  const sentence = `The daemon (process ${pid}) is there and does not answer.`;
  await expect(connection.request("status", {})).rejects.toThrow(sentence);
  while (said.at(-1) !== sentence && performance.now() - stoppedAt < 12_000) await sleep(20);
  expect(said.at(-1)).toBe(sentence);
  expect(performance.now() - stoppedAt).toBeLessThan(10_000);
  process.kill(pid, "SIGCONT");
  const continuedAt = performance.now();
  while (said.at(-1) !== "live" && performance.now() - continuedAt < 12_000) await sleep(20);
  expect(performance.now() - continuedAt).toBeLessThan(2_000);
  expect((await connection.request("status", {})).pid).toBe(pid);
});
