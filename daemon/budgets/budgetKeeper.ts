import {
  type Budget,
  type BudgetInput,
  type BudgetPeriod,
  type BudgetState,
  budgetId,
  DEFAULT_THRESHOLDS,
} from "../../shared/budgets.ts";
import { messageOf } from "../../shared/messageOf.ts";
import { decimalToNanoUsd, nanoUsdToDecimal } from "../../shared/money.ts";
import type { Range, ResolvedRange } from "../../shared/range.ts";
import type { BudgetCrossing } from "../live/hub.ts";
import { isWithin } from "../live/matchesFilters.ts";
import type { Store, StoredCall, TimeRange } from "../store/store.ts";
import { projectedNanoUsd } from "./projection.ts";

export interface BudgetSurroundings {
  store: Pick<
    Store,
    | "spend"
    | "statistics"
    | "budgets"
    | "removedBudgets"
    | "putBudget"
    | "removeBudget"
    | "claimBudgetNotice"
    | "forgetBudgetNotices"
  >;
  /** Throws where the range is none. */
  resolve(range: Range): { range: TimeRange; resolved: ResolvedRange };
  /** The current period, whole, in the developer's time zone; `end` exclusive. ISO 8601 instants. */
  periodNow(period: BudgetPeriod): { start: string; end: string };
  /** See `dayPosition`, in the developer's time zone. */
  dayPosition(instantMs: number): number;
  nowMs(): number;
  /** A budget was set, removed or spent from, or crossed a threshold just now. */
  onChanged(budgets: BudgetState[], crossed: BudgetCrossing | null): void;
  log(line: string): void;
}

/** Knows where every budget stands, and says so when one crosses a threshold. */
export interface BudgetKeeper {
  states(): Promise<BudgetState[]>;
  /** Ids of budgets that stood in an editor's settings, were removed, and have not been set again. */
  removedIds(): Promise<string[]>;
  set(input: BudgetInput): Promise<BudgetState>;
  remove(id: string): Promise<boolean>;
  claimNotice(id: string, periodStart: string, threshold: number): Promise<boolean>;
  /** Calls were committed; `null`: others than those at hand. */
  callsCommitted(calls: readonly StoredCall[] | null): void;
  /** From now on tells also of what changes without a call: a period that turns, a pace that falls. */
  start(): void;
  close(): void;
}

/** Reading a budget's spend is cheap, but not worth repeating for every batch of a burst. */
const EVERY_MS = 150;
const CLOCK_EVERY_MS = 60_000;
/** A projection that moved by less than this share of the limit is not worth a word. */
const MOVED = 0.005;

export function createBudgetKeeper(surroundings: BudgetSurroundings): BudgetKeeper {
  const { store, resolve, periodNow, dayPosition, nowMs, onChanged, log } = surroundings;
  const known = new Map<string, BudgetState>();
  /** Budgets whose spend has moved since it was last read. */
  const stale = new Set<string>();
  let timer: NodeJS.Timeout | null = null;
  let clock: NodeJS.Timeout | undefined;
  /** When the first call of all was made. */
  let firstCallMs: number | null = null;
  let lastReadMs = 0;
  let closed = false;
  /** One reading at a time: two that cross would see the same threshold crossed twice. */
  let queue: Promise<unknown> = Promise.resolve();
  const loading = inTurn(async () => {
    for (const budget of await store.budgets()) known.set(budget.id, await stateOf(budget));
  });
  loading.catch((error) => log(`budgets: ${messageOf(error)}`));

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = queue.then(work);
    queue = turn.catch(() => {});
    return turn;
  }

  async function stateOf(budget: Budget): Promise<BudgetState> {
    const { start, end } = periodNow(budget.period);
    const { total } = await store.spend({
      ...resolve({ from: start, to: end }),
      groupBy: [],
      ...(budget.scope === null ? {} : { filters: { [budget.scope.dimension]: [budget.scope.value] } }),
    });
    firstCallMs ??= (await store.statistics()).firstStartedAtMs;
    const limit = decimalToNanoUsd(budget.limitUsd) ?? 0;
    const percent = limit > 0 ? ((decimalToNanoUsd(total.costUsd) ?? 0) / limit) * 100 : 0;
    return projected({
      ...budget,
      periodStart: start,
      periodEnd: end,
      spentUsd: total.costUsd,
      percent,
      reached: budget.thresholds.findLast((threshold) => percent >= threshold) ?? null,
      blindCalls: total.unpricedCalls + total.incompleteCalls,
    });
  }

  /** With the projection as of now. */
  function projected(state: Omit<BudgetState, "projectedUsd">): BudgetState {
    const nanoUsd = projectedNanoUsd(state.period, decimalToNanoUsd(state.spentUsd) ?? 0, {
      start: dayPosition(Date.parse(state.periodStart)),
      end: dayPosition(Date.parse(state.periodEnd)),
      now: dayPosition(nowMs()),
      first: firstCallMs === null ? null : dayPosition(firstCallMs),
    });
    return { ...state, projectedUsd: nanoUsd === null ? null : nanoUsdToDecimal(nanoUsd) };
  }

  /** Reads anew what has moved, and tells who crossed what. */
  async function refresh(): Promise<BudgetState[]> {
    const crossings: BudgetCrossing[] = [];
    let changed = false;
    for (const [id, before] of known) {
      const turned = periodNow(before.period).start !== before.periodStart;
      if (!stale.has(id) && !turned) {
        const now = projected(before);
        if (!hasMoved(before, now)) continue;
        known.set(id, now);
        changed = true;
        continue;
      }
      stale.delete(id);
      const after = await stateOf(before).catch((error) => {
        stale.add(id);
        throw error;
      });
      known.set(id, after);
      changed ||= turned || after.spentUsd !== before.spentUsd || after.blindCalls !== before.blindCalls;
      const crossed = crossing(turned ? null : before, after);
      if (crossed !== null) crossings.push(crossed);
    }
    const states = [...known.values()];
    for (const crossed of crossings) onChanged(states, crossed);
    if (changed && crossings.length === 0) onChanged(states, null);
    return states;
  }

  function schedule() {
    if (timer !== null || stale.size === 0 || closed) return;
    const waitMs = Math.max(0, lastReadMs + EVERY_MS - performance.now());
    timer = setTimeout(() => {
      timer = null;
      lastReadMs = performance.now();
      refreshInTurn();
    }, waitMs);
  }

  function refreshInTurn() {
    inTurn(refresh).catch((error) => {
      log(`budgets: ${messageOf(error)}`);
    });
  }

  return {
    states: () => inTurn(refresh),

    removedIds: () => inTurn(() => store.removedBudgets()),

    set: (input) =>
      inTurn(async () => {
        const scope = input.scope ?? null;
        const id = budgetId(input.period, scope);
        const budget = budgetOf(id, input, known.get(id));
        await store.putBudget(budget);
        const before = known.get(budget.id) ?? null;
        const state = await stateOf(budget);
        // What a higher limit has put out of reach is worth a word when it is reached again.
        await store.forgetBudgetNotices(id, state.percent);
        known.set(budget.id, state);
        // A budget that is spent already when it is set says so at once.
        onChanged([...known.values()], crossing(before, state));
        return state;
      }),

    remove: (id) =>
      inTurn(async () => {
        const removed = await store.removeBudget(id);
        known.delete(id);
        stale.delete(id);
        if (removed) onChanged([...known.values()], null);
        return removed;
      }),

    claimNotice: (id, periodStart, threshold) => store.claimBudgetNotice(id, periodStart, threshold),

    callsCommitted(calls) {
      firstCallMs = earliest(firstCallMs, calls);
      for (const [id, { scope, periodStart }] of known) {
        const touched =
          stale.has(id) ||
          calls === null ||
          calls.some(
            (call) =>
              call.startedAt >= periodStart &&
              (scope === null || isWithin(call, scope.dimension, scope.value)),
          );
        if (touched) stale.add(id);
      }
      schedule();
    },

    start() {
      clock = setInterval(refreshInTurn, CLOCK_EVERY_MS).unref();
    },

    close() {
      closed = true;
      clearInterval(clock);
      if (timer !== null) clearTimeout(timer);
    },
  };
}

/** The budget that is asked for; what the input does not say is as it was. */
function budgetOf(id: string, input: BudgetInput, before: Budget | undefined): Budget {
  const { period, scope = null, limitUsd } = input;
  const thresholds = input.thresholds ?? before?.thresholds ?? DEFAULT_THRESHOLDS;
  return {
    id,
    period,
    scope,
    limitUsd,
    thresholds: [...new Set(thresholds)].sort((a, b) => a - b),
    ...((input.hardStop ?? before?.hardStop) ? { hardStop: true } : {}),
    ...((input.inSettings ?? before?.inSettings) ? { inSettings: true } : {}),
    ...((input.muted ?? before?.muted) ? { muted: true } : {}),
  };
}

function hasMoved(before: BudgetState, after: BudgetState): boolean {
  if (before.projectedUsd === null || after.projectedUsd === null) {
    return before.projectedUsd !== after.projectedUsd;
  }
  const by = Math.abs(Number(after.projectedUsd) - Number(before.projectedUsd));
  return by >= MOVED * Number(before.limitUsd);
}

/** `null` where that is to be asked for: nothing is known yet, or other calls than those at hand were committed. */
function earliest(firstMs: number | null, calls: readonly StoredCall[] | null): number | null {
  if (firstMs === null || calls === null) return null;
  return calls.reduce((first, { startedAt }) => Math.min(first, Date.parse(startedAt)), firstMs);
}

/** The highest threshold that was reached since `before`. One that was skipped on the way is not worth a word. */
export function crossing(before: BudgetState | null, after: BudgetState): BudgetCrossing | null {
  if (after.reached === null || after.reached <= (before?.reached ?? 0)) return null;
  return { id: after.id, threshold: after.reached, periodStart: after.periodStart };
}
