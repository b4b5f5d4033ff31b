import {
  type Budget,
  type BudgetInput,
  type BudgetPeriod,
  type BudgetState,
  budgetId,
} from "../../shared/budgets.ts";
import { decimalToNanoUsd } from "../../shared/money.ts";
import type { Range, ResolvedRange } from "../../shared/range.ts";
import type { BudgetCrossing } from "../live/hub.ts";
import { isWithin } from "../live/matchesFilters.ts";
import type { Store, StoredCall, TimeRange } from "../store/store.ts";

export const DEFAULT_THRESHOLDS = [50, 80, 100];

export interface BudgetSurroundings {
  store: Pick<Store, "spend" | "budgets" | "putBudget" | "removeBudget" | "claimBudgetNotice">;
  /** Throws where the range is none. */
  resolve(range: Range): { range: TimeRange; resolved: ResolvedRange };
  /** The current period, whole, in the developer's time zone; `end` exclusive. ISO 8601 instants. */
  periodNow(period: BudgetPeriod): { start: string; end: string };
  /** A budget was set, removed or spent from, or crossed a threshold just now. */
  onChanged(budgets: BudgetState[], crossed: BudgetCrossing | null): void;
  log(line: string): void;
}

/** Knows where every budget stands, and says so when one crosses a threshold. */
export interface BudgetKeeper {
  states(): Promise<BudgetState[]>;
  set(input: BudgetInput): Promise<BudgetState>;
  remove(id: string): Promise<boolean>;
  claimNotice(id: string, periodStart: string, threshold: number): Promise<boolean>;
  /** Calls were committed; `null`: others than those at hand. */
  callsCommitted(calls: readonly StoredCall[] | null): void;
  close(): void;
}

/** Reading a budget's spend is cheap, but not worth repeating for every batch of a burst. */
const EVERY_MS = 150;

export function createBudgetKeeper(surroundings: BudgetSurroundings): BudgetKeeper {
  const { store, resolve, periodNow, onChanged, log } = surroundings;
  const known = new Map<string, BudgetState>();
  /** Budgets whose spend has moved since it was last read. */
  const stale = new Set<string>();
  let timer: NodeJS.Timeout | null = null;
  let lastReadMs = 0;
  let closed = false;
  /** One reading at a time: two that cross would see the same threshold crossed twice. */
  let queue: Promise<unknown> = Promise.resolve();
  const loading = inTurn(async () => {
    for (const budget of await store.budgets()) known.set(budget.id, await stateOf(budget));
  });
  loading.catch((error) => log(`budgets: ${error instanceof Error ? error.message : String(error)}`));

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
    const limit = decimalToNanoUsd(budget.limitUsd) ?? 0;
    const percent = limit > 0 ? ((decimalToNanoUsd(total.costUsd) ?? 0) / limit) * 100 : 0;
    return {
      ...budget,
      periodStart: start,
      periodEnd: end,
      spentUsd: total.costUsd,
      percent,
      reached: budget.thresholds.findLast((threshold) => percent >= threshold) ?? null,
      blindCalls: total.unpricedCalls + total.incompleteCalls,
    };
  }

  /** Reads anew what has moved, and tells who crossed what. */
  async function refresh(): Promise<BudgetState[]> {
    const crossings: BudgetCrossing[] = [];
    let changed = false;
    for (const [id, before] of known) {
      const turned = periodNow(before.period).start !== before.periodStart;
      if (!stale.has(id) && !turned) continue;
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
      inTurn(refresh).catch((error) => {
        log(`budgets: ${error instanceof Error ? error.message : String(error)}`);
      });
    }, waitMs);
  }

  return {
    states: () => inTurn(refresh),

    set: (input) =>
      inTurn(async () => {
        const scope = input.scope ?? null;
        const thresholds = [...new Set(input.thresholds ?? DEFAULT_THRESHOLDS)].sort((a, b) => a - b);
        const { period, limitUsd } = input;
        const id = budgetId(period, scope);
        const hardStop = input.hardStop ?? known.get(id)?.hardStop;
        const budget: Budget = {
          id,
          period,
          scope,
          limitUsd,
          thresholds,
          ...(hardStop === true ? { hardStop } : {}),
        };
        await store.putBudget(budget);
        const before = known.get(budget.id) ?? null;
        const state = await stateOf(budget);
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

    close() {
      closed = true;
      if (timer !== null) clearTimeout(timer);
    },
  };
}

/** The highest threshold that was reached since `before`. One that was skipped on the way is not worth a word. */
function crossing(before: BudgetState | null, after: BudgetState): BudgetCrossing | null {
  if (after.reached === null || after.reached <= (before?.reached ?? 0)) return null;
  return { id: after.id, threshold: after.reached, periodStart: after.periodStart };
}
