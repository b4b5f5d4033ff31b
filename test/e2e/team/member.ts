import { join } from "node:path";
import { expect, onTestFinished } from "vitest";
import type { StoredCall } from "../../../daemon/store/store.ts";
import { openStore } from "../../../daemon/store/workerStore.ts";
import type { Timers } from "../../../daemon/team/pushTimer.ts";
import type { TeamKeeper } from "../../../daemon/team/team.ts";
import { createTeamKeeper } from "../../../daemon/team/teamKeeper.ts";
import type { TokenKeeper } from "../../../daemon/team/tokenKeeper.ts";
import { decimalToNanoUsd } from "../../../shared/money.ts";
import { workerUrl } from "../../store/storeWorker.ts";
import { makeFolder, over } from "../../store/testStore.ts";
import type { Sqld } from "./sqld.ts";

/** The part of a daemon that a team has to do with: a store of its own and what pushes it. Time passes by `advance`. */
export interface Member {
  store: Awaited<ReturnType<typeof openStore>>;
  file: string;
  team: TeamKeeper;
  logged: string[];
  /** Stores calls, as its ingest would. */
  spend(...calls: StoredCall[]): Promise<void>;
  /** Lets time pass: what is due is done, and waited for. */
  advance(ms: number): Promise<void>;
  /** What its own store says was spent, in nano-dollars. */
  ownNanoUsd(): Promise<number>;
  end(): Promise<void>;
}

export interface MemberOptions {
  developer?: string;
  file?: string;
  /** By how much its clock is wrong. */
  clockSkewMs?: number;
  timeZone?: string;
  tokens?: TokenKeeper;
  requestTimeoutMs?: number;
}

export async function makeMember(options: MemberOptions = {}): Promise<Member> {
  const { developer = "dev", file = join(makeFolder(), "taximeter.db"), clockSkewMs = 0 } = options;
  const store = await openStore({ file, workerUrl });
  const logged: string[] = [];
  let passedMs = 0;
  const due = new Map<object, { atMs: number; run: () => void }>();
  const timers: Timers = {
    set(ms, run) {
      const key = {};
      due.set(key, { atMs: passedMs + ms, run });
      return () => due.delete(key);
    },
  };
  const team = createTeamKeeper({
    store,
    developer,
    version: "1.0.0",
    timeZone: options.timeZone ?? "UTC",
    tokens: options.tokens ?? { keep: async () => "memory", find: async () => null, forget: async () => {} },
    urlFromEnvironment: null,
    nowMs: () => Date.now() + clockSkewMs + passedMs,
    timers,
    random: () => 1,
    onChanged: () => {},
    log: (line) => void logged.push(line),
    ...(options.requestTimeoutMs === undefined ? {} : { requestTimeoutMs: options.requestTimeoutMs }),
  });
  let ended: Promise<void> | null = null;
  const end = () => {
    ended ??= team.close().then(() => store.close());
    return ended;
  };
  onTestFinished(end);
  return {
    store,
    file,
    team,
    logged,
    async spend(...calls) {
      await store.putCalls(calls.map((call) => ({ ...call, developer })));
      team.callsCommitted();
    },
    async advance(ms) {
      const untilMs = passedMs + ms;
      for (;;) {
        const [next] = [...due].sort(([, a], [, b]) => a.atMs - b.atMs);
        if (next === undefined || next[1].atMs > untilMs) break;
        due.delete(next[0]);
        passedMs = Math.max(passedMs, next[1].atMs);
        next[1].run();
        await team.settled();
      }
      passedMs = untilMs;
    },
    async ownNanoUsd() {
      return decimalToNanoUsd((await store.spend(over({}))).total.costUsd) ?? Number.NaN;
    },
    end,
  };
}

/** What the team's database says was spent, by its quarter hours; its days must say the same. */
export async function teamNanoUsd(sqld: Sqld): Promise<number> {
  const [sums] = await sqld.query(
    `SELECT (SELECT coalesce(sum(cost_nano_usd), 0) FROM taximeter_rollups) AS rollups,
       (SELECT coalesce(sum(cost_nano_usd), 0) FROM taximeter_days) AS days`,
  );
  if (sums?.["rollups"] !== sums?.["days"]) {
    throw new Error(`The days say ${sums?.["days"]}, the quarter hours ${sums?.["rollups"]}`);
  }
  return Number(sums?.["rollups"]);
}

async function ownNanoUsd(members: readonly Member[]): Promise<number> {
  const sums = await Promise.all(members.map((member) => member.ownNanoUsd()));
  return sums.reduce((total, sum) => total + sum, 0);
}

/** The team's sum is that of all these stores, to the nano-dollar. */
export async function expectSameSum(sqld: Sqld, members: readonly Member[]): Promise<void> {
  const own = await ownNanoUsd(members);
  expect(own).toBeGreaterThan(0);
  expect(await teamNanoUsd(sqld)).toBe(own);
}
