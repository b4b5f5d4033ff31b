import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { CallReport } from "../../shared/call.ts";
import { createCourier } from "../../shim/delivery/courier.ts";
import type { DaemonLink, Delivery } from "../../shim/delivery/daemon.ts";
import { createDiscovery, readDiscovery } from "../../shim/delivery/discovery.ts";
import { createSpool, type Spool } from "../../shim/delivery/spool.ts";
import { createGuard } from "../../shim/guard.ts";
import type { Reportable } from "../../shim/meter/meter.ts";
import { makeReport } from "../builders.ts";

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "taximeter-delivery-"));
});
afterEach(() => rm(home, { recursive: true, force: true }));

const discovery = {
  pid: 1,
  port: 4000,
  token: "a".repeat(64),
  nonce: "b".repeat(32),
  version: "1.0.0",
  protocol: 1,
};

describe("the discovery file", () => {
  const file = () => join(home, "daemon.json");
  const write = (content: unknown) => writeFile(file(), JSON.stringify(content), { mode: 0o600 });

  it("is believed where it is ours alone", async () => {
    expect(readDiscovery(home)).toBeNull();
    await write(discovery);
    expect(readDiscovery(home)?.discovery).toEqual(discovery);
  });

  it("is refused where others may read it, where it is a link or a folder", async () => {
    await write(discovery);
    for (const mode of [0o644, 0o640, 0o606, 0o666]) {
      await chmod(file(), mode);
      expect(readDiscovery(home)).toBeNull();
    }
    await chmod(file(), 0o600);
    await rename(file(), join(home, "elsewhere.json"));
    await symlink(join(home, "elsewhere.json"), file());
    expect(readDiscovery(home)).toBeNull();
    await rm(file());
    await mkdir(file());
    expect(readDiscovery(home)).toBeNull();
  });

  it("is read anew when it is another, was touched, has gone or has come", async () => {
    const discover = createDiscovery(home);
    expect(discover()).toBeNull();
    await write(discovery);
    const found = discover();
    expect(found?.discovery).toEqual(discovery);
    expect(discover()).toBe(found);
    await writeFile(`${file()}.tmp`, JSON.stringify({ ...discovery, port: 4001 }), { mode: 0o600 });
    await rename(`${file()}.tmp`, file());
    expect(discover()?.discovery.port).toBe(4001);
    await chmod(file(), 0o644);
    expect(discover()).toBeNull();
    await chmod(file(), 0o600);
    expect(discover()?.discovery.port).toBe(4001);
    await rm(file());
    expect(discover()).toBeNull();
  });

  it.each([
    ["no JSON", "{"],
    ["no object", "7"],
    ["a port that is none", { ...discovery, port: 70_000 }],
    ["a token that is none", { ...discovery, token: "x\r\nhost: evil" }],
    ["no nonce", { ...discovery, nonce: undefined }],
  ])("is refused with %s", async (_, content) => {
    await writeFile(file(), typeof content === "string" ? content : JSON.stringify(content), { mode: 0o600 });
    expect(readDiscovery(home)).toBeNull();
  });
});

describe("the spool", () => {
  const folder = () => join(home, "spool");
  const spoolOf = (maxBytes?: number, epochNow = Date.now) =>
    createSpool({ home, runId: "run", epochNow, ...(maxBytes === undefined ? {} : { maxBytes }) });

  it("is written whole under another name, for us alone, in order", async () => {
    const spool = spoolOf();
    expect(await spool.write(['{"n":1}', '{"n":2}'])).toBe(true);
    expect(spool.writeSync(['{"n":3}'])).toBe(true);
    const files = (await readdir(folder())).toSorted();
    expect(files).toHaveLength(2);
    for (const file of files) expect(file).toMatch(/^\d{14}-\d+-run-\d+\.ndjson$/);
    const texts = await Promise.all(files.map((file) => readFile(join(folder(), file), "utf8")));
    expect(texts.join("")).toBe('{"n":1}\n{"n":2}\n{"n":3}\n');
    expect((await stat(folder())).mode & 0o777).toBe(0o700);
    expect((await stat(join(folder(), files[0] ?? ""))).mode & 0o777).toBe(0o600);
  });

  it("keeps the oldest where it is full, counting what others wrote, and takes more when there is room", async () => {
    let now = 1_000_000;
    const spool = spoolOf(100, () => now);
    await mkdir(folder());
    await writeFile(join(folder(), "another.ndjson"), "x".repeat(60));
    expect(await spool.write(["y".repeat(30)])).toBe(true);
    expect(await spool.write(["z".repeat(30)])).toBe(false);
    expect(spool.writeSync(["z".repeat(30)])).toBe(false);
    await rm(join(folder(), "another.ndjson"));
    now += 10_000;
    expect(spool.writeSync(["z".repeat(30)])).toBe(true);
  });

  it("says so where it can't be written", async () => {
    await writeFile(folder(), "a file");
    expect(await spoolOf().write(["x"])).toBe(false);
    expect(spoolOf().writeSync(["x"])).toBe(false);
  });
});

describe("the courier", () => {
  const found = { discovery, mark: "one" };

  function setUp(answer: (lines: readonly string[]) => Delivery["outcome"]) {
    const deliveries: { lines: readonly string[]; dropped: number }[] = [];
    const spooled: string[] = [];
    const timers: { step: () => void; delayMs: number }[] = [];
    const state = { nowMs: 0, mark: "one", present: true, diskFull: false };
    const link: DaemonLink = {
      async deliver(_found, lines, { dropped }) {
        deliveries.push({ lines, dropped });
        const outcome = answer(lines);
        return outcome === "delivered" ? { outcome, rejected: 0, answer: "{}" } : { outcome };
      },
      close() {},
    };
    const keep = (lines: readonly string[]) => {
      if (!state.diskFull) spooled.push(...lines);
      return !state.diskFull;
    };
    const spool: Spool = { write: async (lines) => keep(lines), writeSync: keep };
    const courier = createCourier({
      guard: createGuard(),
      link,
      spool,
      discover: () => (state.present ? { ...found, mark: state.mark } : null),
      handedOver: () => {},
      refused: () => 0,
      overdue: () => [],
      nextOverdueInMs: () => null,
      now: () => state.nowMs,
      random: () => 0.5,
      setTimer(step, delayMs) {
        const timer = { step, delayMs };
        timers.push(timer);
        return { cancel: () => void timers.splice(timers.indexOf(timer), 1) };
      },
      soon: () => {},
    });
    const fire = async () => {
      timers.shift()?.step();
      await new Promise(setImmediate);
    };
    return { courier, deliveries, spooled, timers, state, fire };
  }
  const item = (report: CallReport | null = makeReport()): Reportable => ({
    line: () => report && JSON.stringify(report),
  });

  it("waits a moment for more, then sends all at once, and no more often than every 100 ms", async () => {
    const { courier, deliveries, timers, state, fire } = setUp(() => "delivered");
    courier.add(item());
    courier.add(item());
    expect(timers).toMatchObject([{ delayMs: 10 }]);
    await fire();
    state.nowMs = 30;
    courier.add(item());
    expect(timers).toMatchObject([{ delayMs: 70 }]);
    await fire();
    expect(deliveries.map(({ lines }) => lines.length)).toEqual([2, 1]);
    state.nowMs = 500;
    courier.add(item());
    expect(timers).toMatchObject([{ delayMs: 10 }]);
  });

  it("keeps what comes while it sends for the next delivery", async () => {
    const { courier, deliveries, timers, fire } = setUp(() => {
      queueMicrotask(() => courier.add(item()));
      return "delivered";
    });
    courier.add(item());
    await fire();
    expect(deliveries.map(({ lines }) => lines.length)).toEqual([1]);
    expect(timers).toMatchObject([{ delayMs: 100 }]);
    expect(courier.counts()).toMatchObject({ sent: 1, queued: 1 });
  });

  it("counts what it sent", async () => {
    const { courier, deliveries } = setUp(() => "delivered");
    courier.add(item());
    courier.add(item());
    await courier.flush();
    expect(deliveries.map(({ lines }) => lines.length)).toEqual([2]);
    expect(courier.counts()).toEqual({ sent: 2, spooled: 0, dropped: 0, rejected: 0, queued: 0 });
  });

  it("sends at most 1,000 in a batch, queues at most 10,000, counts and tells what it drops, once", async () => {
    const { courier, deliveries } = setUp(() => "delivered");
    for (let index = 0; index < 10_007; index += 1) courier.add(item());
    await courier.flush();
    expect(deliveries).toHaveLength(10);
    expect(deliveries[0]?.lines).toHaveLength(1000);
    expect(deliveries.map(({ dropped }) => dropped)).toEqual([7, ...Array<number>(9).fill(0)]);
    expect(courier.counts()).toMatchObject({ sent: 10_000, dropped: 7 });
  });

  it("spools what the daemon does not take, leaves it alone for a while, and tries a new one at once", async () => {
    let works = false;
    const { courier, deliveries, spooled, state } = setUp(() => (works ? "delivered" : "failed"));
    const send = async () => {
      courier.add(item());
      await courier.flush();
    };
    await send();
    await send();
    expect([deliveries.length, spooled.length]).toEqual([1, 2]);
    state.nowMs = 600;
    await send();
    expect([deliveries.length, spooled.length]).toEqual([2, 3]);
    state.nowMs = 1_100;
    await send();
    expect([deliveries.length, spooled.length]).toEqual([2, 4]);
    works = true;
    state.mark = "two";
    await send();
    expect([deliveries.length, spooled.length]).toEqual([3, 4]);
    expect(courier.counts()).toMatchObject({ sent: 1, spooled: 4 });
  });

  it("does not send again what the daemon refuses for good", async () => {
    const { courier, spooled } = setUp(() => "refused");
    courier.add(item());
    await courier.flush();
    expect(spooled).toEqual([]);
    expect(courier.counts()).toMatchObject({ rejected: 1, sent: 0 });
  });

  it("leaves out what turns out to be no call, and loses only the one that can't be told", async () => {
    const { courier, deliveries } = setUp(() => "delivered");
    courier.add(item(null));
    courier.add({
      line() {
        throw new Error("broken");
      },
    });
    courier.add(item());
    await courier.flush();
    expect(deliveries[0]?.lines).toHaveLength(1);
    expect(courier.counts()).toMatchObject({ sent: 1, dropped: 1 });
  });

  it("counts as dropped what finds no place on disk either", async () => {
    const { courier, state } = setUp(() => "failed");
    state.diskFull = true;
    courier.add(item());
    await courier.flush();
    courier.add(item());
    courier.spoolAll();
    expect(courier.counts()).toMatchObject({ dropped: 2, spooled: 0 });
  });

  it("spools at the end of the process what is queued, and what the daemon has not acknowledged", async () => {
    const { courier, spooled } = setUp(() => "delivered");
    courier.add(item(makeReport({ source: "under way" })));
    const flushing = courier.flush();
    courier.add(item(makeReport({ source: "queued" })));
    courier.spoolAll();
    expect(spooled.map((line) => JSON.parse(line).source)).toEqual(["under way", "queued"]);
    await flushing;
  });
});
