import type { BudgetPeriod } from "../../shared/budgets.ts";
import type { HardBudget, ProtectionState } from "../../shared/protection.ts";
import { type CallDimensions, covers } from "./coverage.ts";

/**
 * What this process spends of budgets beside what the daemon has counted: the most that calls under way may cost, and what
 * those that ended have cost by estimate until the daemon's figures hold them.
 */
export interface Ledger {
  /** Takes over what the daemon counted, and lets go of what is in it. */
  goBy(state: ProtectionState): void;
  /** The first budget that a call may go over, or `null`. Does not change anything. */
  exceededBy(call: CallDimensions, nanoUsd: number, callId: string): Exceeded | null;
  /** Sets what the call takes, in place of what it had. */
  reserve(callId: string, call: CallDimensions, nanoUsd: number): void;
  /** The call ended; `null`: with what was reserved. Where it cost nothing, it is let go of. */
  settle(callId: string, nanoUsd: number | null): void;
  /** Its report is with the daemon, or in the spool. */
  handedOver(callId: string, to: "daemon" | "spool"): void;
  callOf(callId: string): CallDimensions | undefined;
  readonly size: number;
}

export interface Exceeded {
  budget: HardBudget;
  /** Counted by the daemon in the current period. */
  spentNanoUsd: number;
  /** Of this process, beside it. */
  ownNanoUsd: number;
}

interface Entry {
  call: CallDimensions;
  startedAtMs: number;
  nanoUsd: number;
  handedOver: { to: "daemon" | "spool"; atMs: number } | null;
}

interface Period {
  startsAtMs: number;
  endsAtMs: number;
  spentNanoUsd: number;
}

const DAY_MS = 86_400_000;
/** The next periods are not known while the daemon is down; a clock that changes is made up for when it is back. */
const periodMs: Record<BudgetPeriod, number> = { day: DAY_MS, week: 7 * DAY_MS, month: 30 * DAY_MS };

export function createLedger(epochNow: () => number): Ledger {
  const entries = new Map<string, Entry>();
  let budgets: { budget: HardBudget; period: Period; ownNanoUsd: number }[] = [];

  const isIn = ({ call, startedAtMs }: Entry, { budget, period }: (typeof budgets)[number]) =>
    startedAtMs >= period.startsAtMs && covers(budget.scope, call);

  const count = (entry: Entry, nanoUsd: number) => {
    for (const each of budgets) if (isIn(entry, each)) each.ownNanoUsd += nanoUsd;
  };
  const release = (callId: string, entry: Entry) => {
    count(entry, -entry.nanoUsd);
    entries.delete(callId);
  };

  return {
    goBy({ asOf, spoolAsOf, budgets: counted }) {
      const countedUntilMs = {
        daemon: Date.parse(asOf),
        spool: spoolAsOf === null ? Number.NEGATIVE_INFINITY : Date.parse(spoolAsOf),
      };
      for (const [callId, { handedOver }] of entries) {
        if (handedOver !== null && handedOver.atMs < countedUntilMs[handedOver.to]) entries.delete(callId);
      }
      budgets = counted.map((budget) => ({
        budget,
        period: periodOf(budget, epochNow()),
        ownNanoUsd: 0,
      }));
      for (const entry of entries.values()) count(entry, entry.nanoUsd);
    },
    exceededBy(call, nanoUsd, callId) {
      const nowMs = epochNow();
      const before = entries.get(callId);
      for (const each of budgets) {
        if (nowMs >= each.period.endsAtMs) {
          each.period = periodOf(each.budget, nowMs);
          each.ownNanoUsd = 0;
          for (const entry of entries.values()) if (isIn(entry, each)) each.ownNanoUsd += entry.nanoUsd;
        }
        const { budget, period, ownNanoUsd } = each;
        if (!covers(budget.scope, call)) continue;
        const others = ownNanoUsd - (before !== undefined && isIn(before, each) ? before.nanoUsd : 0);
        if (period.spentNanoUsd + others + nanoUsd > budget.limitNanoUsd) {
          return { budget, spentNanoUsd: period.spentNanoUsd, ownNanoUsd: others };
        }
      }
      return null;
    },
    reserve(callId, call, nanoUsd) {
      const before = entries.get(callId);
      if (before !== undefined) release(callId, before);
      const startedAtMs = before?.startedAtMs ?? epochNow();
      const entry: Entry = { call, startedAtMs, nanoUsd, handedOver: null };
      entries.set(callId, entry);
      count(entry, nanoUsd);
    },
    settle(callId, nanoUsd) {
      const entry = entries.get(callId);
      if (entry === undefined || nanoUsd === null) return;
      if (nanoUsd === 0) {
        release(callId, entry);
        return;
      }
      count(entry, nanoUsd - entry.nanoUsd);
      entry.nanoUsd = nanoUsd;
    },
    handedOver(callId, to) {
      const entry = entries.get(callId);
      if (entry !== undefined) entry.handedOver = { to, atMs: epochNow() };
    },
    callOf: (callId) => entries.get(callId)?.call,
    get size() {
      return entries.size;
    },
  };
}

/** The period that it is now: once a known one has ended, one of its length after it, of which nothing is spent yet. */
function periodOf({ period, startsAt, endsAt, spentNanoUsd }: HardBudget, nowMs: number): Period {
  const [startsAtMs, endsAtMs] = [Date.parse(startsAt), Date.parse(endsAt)];
  if (nowMs < endsAtMs) return { startsAtMs, endsAtMs, spentNanoUsd };
  const passed = Math.floor((nowMs - endsAtMs) / periodMs[period]);
  const start = endsAtMs + passed * periodMs[period];
  return { startsAtMs: start, endsAtMs: start + periodMs[period], spentNanoUsd: 0 };
}
