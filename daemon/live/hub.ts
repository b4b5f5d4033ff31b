import type { BudgetState } from "../../shared/budgets.ts";
import type { Call } from "../../shared/call.ts";
import type { DaemonStatus } from "../../shared/daemonStatus.ts";
import type { LiveEvent, LiveEvents, LiveQuery, LiveSpend } from "../../shared/live.ts";
import { messageOf } from "../../shared/messageOf.ts";
import type { Range, ResolvedRange } from "../../shared/range.ts";
import { publicCall } from "../store/publicCall.ts";
import type { Store, StoredCall, TimeRange } from "../store/store.ts";
import { matchesFilters } from "./matchesFilters.ts";

/** Where a client's events go. */
export interface LiveSink {
  /** Whether it can take more just now: a client that reads slowly gets the newest state later, not every one. */
  ready(): boolean;
  send(event: LiveEvent): void;
  close(): void;
}

export interface LiveSurroundings {
  store: Pick<Store, "spend" | "calls">;
  /** Throws where the range is none; a client's query has been checked before it comes here. */
  resolve(range: Range): { range: TimeRange; resolved: ResolvedRange };
  budgets(): Promise<BudgetState[]>;
  status(): Promise<DaemonStatus>;
  log(line: string): void;
}

export type BudgetCrossing = NonNullable<LiveEvents["budget"]["crossed"]>;

/** Tells every client what it watches, as states, never as deltas. */
export interface LiveHub {
  subscribe(query: LiveQuery, sink: LiveSink): Subscription;
  /** Calls were committed; `null`: others than those at hand. */
  callsCommitted(calls: readonly StoredCall[] | null): void;
  budgetsChanged(budgets: BudgetState[], crossed: BudgetCrossing | null): void;
  statusChanged(): void;
  clients(): number;
  close(): void;
}

export interface Subscription {
  /** The sink is ready again. */
  resume(): void;
  cancel(): void;
}

export const SPEND_EVERY_MS = 150;
const HEALTH_EVERY_MS = 15_000;
const DAY_CHECK_MS = 1_000;
const MAX_CALLS = 50;
const SNAPSHOT_CALLS = 50;
const TOP_SOURCES = 5;

interface Subscriber {
  query: LiveQuery;
  sink: LiveSink;
  /** Start of what was last sent: when it moves, a day (or week, or month) has turned. */
  from: string | null;
  snapshotDue: boolean;
  spendDue: boolean;
  healthDue: boolean;
  calls: Call[];
  budgets: BudgetState[] | null;
  crossings: Map<string, BudgetCrossing>;
  busy: boolean;
  cancelled: boolean;
}

export function createLiveHub(surroundings: LiveSurroundings): LiveHub {
  const { store, resolve, log } = surroundings;
  const subscribers = new Set<Subscriber>();
  let flushTimer: NodeJS.Timeout | null = null;
  let lastFlushMs = 0;

  async function spendOf({ filters, ...period }: LiveQuery): Promise<LiveSpend> {
    const spend = await store.spend({
      ...resolve(period),
      groupBy: ["source"],
      limit: TOP_SOURCES,
      ...(filters === undefined ? {} : { filters }),
    });
    const { from, to, timeZone, total, rows } = spend;
    return { from, to, timeZone, total, topSources: rows };
  }

  async function snapshotOf(query: LiveQuery, spend: LiveSpend): Promise<LiveEvents["snapshot"]> {
    const { filters, ...period } = query;
    const [page, budgets, status] = await Promise.all([
      store.calls({
        ...resolve(period),
        limit: SNAPSHOT_CALLS,
        ...(filters === undefined ? {} : { filters }),
      }),
      surroundings.budgets(),
      surroundings.status(),
    ]);
    return { spend, budgets, status, recentCalls: page.calls };
  }

  /** `spends` is shared by those who watch the same. */
  async function flush(subscriber: Subscriber, spends: Map<string, Promise<LiveSpend>>): Promise<void> {
    if (subscriber.busy || subscriber.cancelled || !subscriber.sink.ready()) return;
    subscriber.busy = true;
    try {
      for (const event of await eventsFor(subscriber, spends)) {
        if (!subscriber.cancelled) subscriber.sink.send(event);
      }
    } catch (error) {
      log(`live: ${messageOf(error)}`);
      subscribers.delete(subscriber);
      subscriber.cancelled = true;
      subscriber.sink.close();
    } finally {
      subscriber.busy = false;
    }
  }

  async function eventsFor(subscriber: Subscriber, spends: Map<string, Promise<LiveSpend>>) {
    const { query, snapshotDue, spendDue, healthDue, calls, budgets, crossings } = subscriber;
    subscriber.snapshotDue = false;
    subscriber.spendDue = false;
    subscriber.healthDue = false;
    subscriber.calls = [];
    subscriber.budgets = null;
    subscriber.crossings = new Map();

    const events: LiveEvent[] = [];
    if (snapshotDue || spendDue) {
      const key = JSON.stringify(query);
      const spending = spends.get(key) ?? spendOf(query);
      spends.set(key, spending);
      const spend = await spending;
      subscriber.from = spend.from;
      if (snapshotDue) events.push({ type: "snapshot", data: await snapshotOf(query, spend) });
      else events.push({ type: "spend", data: spend });
    }
    if (!snapshotDue && calls.length > 0) events.push({ type: "call", data: { calls } });
    if (budgets !== null) {
      const crossed = [...crossings.values()];
      if (crossed.length === 0) events.push({ type: "budget", data: { budgets, crossed: null } });
      for (const crossing of crossed) events.push({ type: "budget", data: { budgets, crossed: crossing } });
    }
    if (!snapshotDue && healthDue) events.push({ type: "health", data: await surroundings.status() });
    return events;
  }

  function isDue(subscriber: Subscriber): boolean {
    const { snapshotDue, spendDue, healthDue, calls, budgets } = subscriber;
    return snapshotDue || spendDue || healthDue || calls.length > 0 || budgets !== null;
  }

  function flushAll() {
    flushTimer = null;
    lastFlushMs = performance.now();
    const spends = new Map<string, Promise<LiveSpend>>();
    for (const subscriber of subscribers) {
      if (!isDue(subscriber)) continue;
      void flush(subscriber, spends).then(() => {
        // What became due while it was busy has its own turn.
        if (subscribers.has(subscriber) && isDue(subscriber) && subscriber.sink.ready()) schedule();
      });
    }
  }

  /** The first event after a pause goes out at once, those that follow are gathered. */
  function schedule() {
    if (flushTimer !== null || subscribers.size === 0) return;
    const waitMs = Math.max(0, lastFlushMs + SPEND_EVERY_MS - performance.now());
    flushTimer = setTimeout(flushAll, waitMs);
  }

  function statusChanged() {
    for (const subscriber of subscribers) subscriber.healthDue = true;
    schedule();
  }

  function turnOfDay() {
    for (const subscriber of subscribers) {
      const { filters: _filters, ...period } = subscriber.query;
      if (subscriber.from !== null && resolve(period).resolved.from !== subscriber.from) {
        subscriber.spendDue = true;
        schedule();
      }
    }
  }

  const heartbeat = setInterval(statusChanged, HEALTH_EVERY_MS).unref();
  const dayCheck = setInterval(turnOfDay, DAY_CHECK_MS).unref();

  return {
    subscribe(query, sink) {
      const subscriber: Subscriber = {
        query,
        sink,
        from: null,
        snapshotDue: true,
        spendDue: false,
        healthDue: false,
        calls: [],
        budgets: null,
        crossings: new Map(),
        busy: false,
        cancelled: false,
      };
      subscribers.add(subscriber);
      // A snapshot waits for nobody's gathering.
      void flush(subscriber, new Map()).then(() => {
        if (isDue(subscriber)) schedule();
      });
      return {
        resume() {
          if (isDue(subscriber)) schedule();
        },
        cancel() {
          subscriber.cancelled = true;
          subscribers.delete(subscriber);
        },
      };
    },

    callsCommitted(calls) {
      for (const subscriber of subscribers) {
        subscriber.spendDue = true;
        const { filters } = subscriber.query;
        const watched =
          filters === undefined ? calls : calls?.filter((call) => matchesFilters(call, filters));
        if (!watched) continue;
        const newest = watched.slice(-MAX_CALLS).map(publicCall);
        subscriber.calls = [...subscriber.calls, ...newest].slice(-MAX_CALLS);
      }
      schedule();
    },

    budgetsChanged(budgets, crossed) {
      for (const subscriber of subscribers) {
        subscriber.budgets = budgets;
        if (crossed !== null) subscriber.crossings.set(crossed.id, crossed);
      }
      schedule();
    },

    statusChanged,
    clients: () => subscribers.size,

    close() {
      clearInterval(heartbeat);
      clearInterval(dayCheck);
      if (flushTimer !== null) clearTimeout(flushTimer);
      for (const subscriber of subscribers) {
        subscriber.cancelled = true;
        subscriber.sink.close();
      }
      subscribers.clear();
    },
  };
}
