import {
  batch,
  computed,
  effect,
  type ReadonlySignal,
  type Signal,
  signal,
  untracked,
} from "@preact/signals";
import type { BudgetInput } from "../../shared/budgets.ts";
import type { Call } from "../../shared/call.ts";
import type { DashboardPlace } from "../../shared/dashboardPlace.ts";
import type { Dimension, Filters } from "../../shared/dimensions.ts";
import type { PriceOverride } from "../../shared/prices.ts";
import { priceName } from "../../shared/prices.ts";
import type { BreakerInput } from "../../shared/protection.ts";
import type { Answer, DashboardHost, Failure } from "../hosts/dashboardHost.ts";
import { createFormats, type Formats } from "../model/formats.ts";
import { rangeOf } from "../model/period.ts";
import { type ChoiceSignals, createChoices } from "./choiceSignals.ts";
import { type CallFilters, noCallFilters } from "./choices.ts";
import { createLive, type Live } from "./live.ts";
import { createRepricing, type Repricing } from "./repricing.ts";
import { createSpendFigures, type SpendFigures } from "./spendFigures.ts";
import type { Surroundings } from "./surroundings.ts";
import { createTeamFigures, type TeamFigures } from "./teamFigures.ts";
import { throttled } from "./throttle.ts";
import { createViewFigures, type ViewFigures } from "./viewFigures.ts";

/** Figures are read again at most this often while calls come in. */
const REFRESH_MS = 1_000;
const MINUTE_MS = 60_000;
/** How long everything else waits for the first figures. */
const BEGIN_MS = 1_000;
const TEAM_MS = 10_000;

/** Everything that the dashboard shows, and what can be done with it. */
export interface Dashboard
  extends ChoiceSignals,
    SpendFigures,
    ViewFigures,
    TeamFigures,
    Pick<Live, "connection" | "status" | "budgets" | "feed"> {
  host: DashboardHost;
  surroundings: Surroundings;
  formats: ReadonlySignal<Formats>;
  /** Epoch, ticking once a minute. */
  nowMs: ReadonlySignal<number>;
  selectedCall: Signal<Call | null>;
  repricing: Repricing;

  /** Reads everything anew, and tries the live connection again where it is lost. */
  refresh(): void;
  showCalls(filters: Partial<CallFilters>): void;
  /** Goes where a link outside the page leads. */
  show(place: DashboardPlace): void;
  /** Narrows every view down to one value of a dimension, or (`null`) to any again. */
  narrow(dimension: Dimension, value: string | null): void;
  /** `null` when done. */
  setBudget(budget: BudgetInput): Promise<Failure | null>;
  removeBudget(id: string): Promise<Failure | null>;
  setPrice(price: PriceOverride): Promise<Failure | null>;
  removePrice(price: Pick<PriceOverride, "provider" | "model">): Promise<Failure | null>;
  setBreakers(breakers: BreakerInput): Promise<Failure | null>;
}

export function createDashboard(host: DashboardHost, surroundings: Surroundings): Dashboard {
  const { timers, visible, sessionStart } = surroundings;
  const choices = createChoices(host, surroundings);
  const { view, period, scope, filters, callFilters, scroll } = choices;
  const selectedCall = signal<Call | null>(null);
  const nowMs = signal(timers.now());

  const narrowed = {
    range: computed(() => rangeOf(period.value, sessionStart)),
    filters: computed(
      (): Filters => ({ ...(scope.value === null ? {} : { workspace: [scope.value] }), ...filters.value }),
    ),
  };
  const liveQuery = computed(() => ({ ...narrowed.range.value, filters: narrowed.filters.value }));

  // What was told before the figures are there is told to nobody; they are read when they come to be.
  let onNews = () => {};
  const live = createLive(host, liveQuery, scope, () => onNews());
  const begun = signal(false);
  const spendFigures = createSpendFigures(host, choices, narrowed, live, nowMs, begun);
  const viewFigures = createViewFigures(host, choices, narrowed, selectedCall, surroundings.workspace);

  const isJoined = computed(() => live.status.value?.team !== undefined);
  const teamFigures = createTeamFigures(host, choices, narrowed.range, isJoined);

  const timeZone = computed(
    () =>
      spendFigures.spend.state.value.value?.timeZone ?? new Intl.DateTimeFormat().resolvedOptions().timeZone,
  );

  /** While hidden, what came in is only noted. */
  let missed = false;
  function refreshFigures(): void {
    if (!visible.peek()) {
      missed = true;
      return;
    }
    const { spend, series, byModel } = spendFigures;
    const { conversations, performance, prices, breakers, calls } = viewFigures;
    for (const resource of [spend, series, byModel, conversations, performance, prices, breakers]) {
      resource.refresh();
    }
    for (const resource of Object.values(teamFigures)) resource.refresh();
    calls.refresh();
  }
  const refreshSoon = throttled(refreshFigures, REFRESH_MS, timers);
  onNews = refreshSoon;
  effect(() => {
    if (!visible.value || !missed) return;
    missed = false;
    refreshSoon();
  });

  /** The figures come first: at the daemon, what else is asked would stand before them. */
  function begin(): void {
    if (begun.peek()) return;
    begun.value = true;
    live.start();
    void live.readBudgets();
    void live.readStatus();
  }
  effect(() => {
    const { value, failure } = spendFigures.spend.state.value;
    if (value !== null || failure !== null) untracked(begin);
  });
  timers.after(BEGIN_MS, begin);

  function tick(): void {
    nowMs.value = timers.now();
    // At midnight "today" becomes another day without any call.
    refreshFigures();
    timers.after(MINUTE_MS, tick);
  }
  timers.after(MINUTE_MS, tick);
  /** What others spend, nobody tells: it is looked for while it is looked at. */
  function lookAtTeam(): void {
    if (visible.peek() && view.peek() === "team") {
      for (const resource of Object.values(teamFigures)) resource.refresh();
    }
    timers.after(TEAM_MS, lookAtTeam);
  }
  timers.after(TEAM_MS, lookAtTeam);

  function showCalls(wanted: Partial<CallFilters>): void {
    batch(() => {
      callFilters.value = { ...noCallFilters, ...wanted };
      selectedCall.value = null;
      // Another list, seen from its beginning.
      scroll.value = { ...scroll.value, calls: 0 };
      view.value = "calls";
    });
  }

  function narrow(dimension: Dimension, value: string | null): void {
    const { [dimension]: _before, ...others } = filters.value;
    filters.value = value === null ? others : { ...others, [dimension]: [value] };
  }

  /** A scope is one workspace; those of a window of several folders are a filter. */
  function showFigure({ period: wanted, workspaces }: NonNullable<DashboardPlace["figureOf"]>): void {
    const [first, ...others] = workspaces;
    period.value = wanted === "session" && sessionStart === null ? "today" : wanted;
    scope.value = first !== undefined && others.length === 0 ? first : null;
    filters.value = others.length === 0 ? {} : { workspace: workspaces };
  }

  /** What is done with an answer that says that something was changed. */
  async function failureOf(
    answer: Promise<Answer<unknown>>,
    changed: () => unknown,
  ): Promise<Failure | null> {
    const settled = await answer;
    if (settled.ok) await changed();
    return settled.ok ? null : settled.failure;
  }

  return {
    host,
    surroundings,
    formats: computed(() => createFormats(surroundings.locale, timeZone.value)),
    nowMs,
    selectedCall,
    ...choices,
    ...live,
    ...spendFigures,
    ...viewFigures,
    ...teamFigures,
    repricing: createRepricing(host, refreshSoon),

    refresh() {
      if (live.connection.value.connection === "lost") live.watch();
      refreshFigures();
      spendFigures.workspaces.refresh();
      void live.readBudgets();
      void live.readStatus();
    },
    showCalls,
    show({ view: wanted, narrow: narrowed, figureOf }) {
      batch(() => {
        if (figureOf !== undefined) showFigure(figureOf);
        if (narrowed !== undefined) narrow(narrowed.dimension, narrowed.value);
        if (wanted === "calls") showCalls({});
        else view.value = wanted;
      });
    },
    narrow,
    setBudget: (budget) => failureOf(host.request("setBudget", { body: budget }), live.readBudgets),
    removeBudget: (id) => failureOf(host.request("removeBudget", { id }), live.readBudgets),
    setPrice: (price) => failureOf(host.request("setPrice", { body: price }), viewFigures.prices.refresh),
    removePrice: (price) =>
      failureOf(host.request("removePrice", { id: priceName(price) }), viewFigures.prices.refresh),
    setBreakers: (breakers) =>
      failureOf(host.request("setBreakers", { body: breakers }), viewFigures.breakers.refresh),
  };
}
