import { batch, computed, effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { BudgetInput, BudgetState } from "../../shared/budgets.ts";
import type { Call, CallStatus, CostStatus } from "../../shared/call.ts";
import type { CallsQuery } from "../../shared/callPages.ts";
import type { DaemonStatus } from "../../shared/daemonStatus.ts";
import type { Dimension, Filters } from "../../shared/dimensions.ts";
import type { LiveEvent, LiveSpend } from "../../shared/live.ts";
import type { Series, SeriesQuery, Spend, SpendQuery, SpendTotals } from "../../shared/spend.ts";
import type { ConnectionState, DashboardHost, Failure } from "../hosts/dashboardHost.ts";
import type { Sort } from "../model/breakdown.ts";
import { createFormats, type Formats } from "../model/formats.ts";
import { intervalOf, type Period, rangeBefore, rangeOf } from "../model/period.ts";
import { type CallList, createCallList } from "./callList.ts";
import type { View } from "./choices.ts";
import { createResource, type Resource } from "./resource.ts";
import { readChoices } from "./savedState.ts";
import { type Timers, throttled } from "./throttle.ts";

/** Figures are read again at most this often while calls come in. */
const REFRESH_MS = 1_000;
const MINUTE_MS = 60_000;
const FEED_LENGTH = 30;
/** Workspaces of so many days are offered as a scope. */
const WORKSPACE_DAYS = "90d";

export interface CallFilters {
  filters: Filters;
  status: CallStatus | null;
  costStatus: CostStatus | null;
}

const noCallFilters: CallFilters = { filters: {}, status: null, costStatus: null };

/** What the page around the dashboard says of itself. */
export interface Surroundings {
  locale: string;
  /** Absolute path of the workspace that is open, where one is. */
  workspace: string | null;
  /** What to look at first: that workspace, or everything. */
  firstScope: "workspace" | "all";
  /** ISO 8601 instant at which this session began, where the host has sessions. */
  sessionStart: string | null;
  timers: Timers;
  /** Whether anybody can see the dashboard; while hidden it reads nothing. */
  visible: ReadonlySignal<boolean>;
}

export interface Dashboard {
  host: DashboardHost;
  surroundings: Surroundings;
  formats: ReadonlySignal<Formats>;
  /** Epoch, ticking once a minute. */
  nowMs: ReadonlySignal<number>;

  view: Signal<View>;
  period: Signal<Period>;
  scope: Signal<string | null>;
  dimension: Signal<Dimension>;
  sort: Signal<Sort>;
  search: Signal<string>;
  callFilters: Signal<CallFilters>;
  selectedCall: Signal<Call | null>;

  connection: ReadonlySignal<ConnectionState>;
  status: ReadonlySignal<DaemonStatus | null>;
  budgets: ReadonlySignal<BudgetState[] | null>;
  /** Newest first. */
  feed: ReadonlySignal<Call[]>;
  spend: Resource<Spend>;
  /** The latest known sums of the period: of the table's answer, or of a live event since. */
  total: ReadonlySignal<SpendTotals | null>;
  /** The period before, up to the same point. */
  before: Resource<Spend>;
  series: Resource<Series>;
  /** Spend by provider and model, read only where calls have no price. */
  byModel: Resource<Spend>;
  workspaces: Resource<Spend>;
  calls: CallList;

  /** Reads everything anew, and tries the live connection again where it is lost. */
  refresh(): void;
  showCalls(filters: Partial<CallFilters>): void;
  /** `null` when done. */
  setBudget(budget: BudgetInput): Promise<Failure | null>;
  removeBudget(id: string): Promise<Failure | null>;
}

/** Everything that the dashboard shows, and what can be done with it. */
export function createDashboard(host: DashboardHost, surroundings: Surroundings): Dashboard {
  const { timers, visible, sessionStart, workspace } = surroundings;
  const saved = readChoices(host.loadState());
  const view = signal<View>(saved.view ?? "overview");
  const period = signal<Period>(
    saved.period === "session" && sessionStart === null ? "today" : (saved.period ?? "today"),
  );
  const firstScope = surroundings.firstScope === "workspace" ? workspace : null;
  const scope = signal<string | null>(saved.scope === undefined ? firstScope : saved.scope);
  const dimension = signal<Dimension>(saved.dimension ?? "source");
  const sort = signal<Sort>(saved.sort ?? { column: "spend", descending: true });
  const search = signal("");
  const callFilters = signal<CallFilters>(noCallFilters);
  const selectedCall = signal<Call | null>(null);
  effect(() => {
    host.saveState({
      view: view.value,
      period: period.value,
      scope: scope.value,
      dimension: dimension.value,
      sort: sort.value,
    });
  });

  const nowMs = signal(timers.now());
  const connection = signal<ConnectionState>({ connection: "connecting", detail: null });
  const status = signal<DaemonStatus | null>(null);
  const budgets = signal<BudgetState[] | null>(null);
  const feed = signal<Call[]>([]);
  const liveSpend = signal<{ spend: LiveSpend; watched: string; order: number } | null>(null);
  /** Live sums so far. An answer is newer than those that came before its question, and older than those after it. */
  let liveCount = 0;
  const askedAfter = new WeakMap<Spend, number>();

  const scopeFilters = computed((): Filters => (scope.value === null ? {} : { workspace: [scope.value] }));
  const range = computed(() => rangeOf(period.value, sessionStart));
  const watched = computed(() => JSON.stringify([range.value, scopeFilters.value]));

  const spend = createResource(
    computed(
      (): SpendQuery => ({
        ...range.value,
        groupBy: [dimension.value],
        filters: scopeFilters.value,
      }),
    ),
    async (query) => {
      const order = liveCount;
      const answer = await host.request("spend", { query });
      if (answer.ok) askedAfter.set(answer.value, order);
      return answer;
    },
  );
  const series = createResource(
    computed((): SeriesQuery => {
      const interval = intervalOf(period.value);
      return {
        ...range.value,
        groupBy: dimension.value,
        filters: scopeFilters.value,
        ...(interval === undefined ? {} : { interval }),
      };
    }),
    (query) => host.request("series", { query }),
  );
  const before = createResource(
    computed((): SpendQuery | null => {
      const { value, outdated } = spend.state.value;
      if (value === null || outdated) return null;
      const rangeThen = rangeBefore(period.value, value, new Date(nowMs.value));
      return rangeThen === null ? null : { ...rangeThen, filters: scopeFilters.value, limit: 1 };
    }),
    (query) => host.request("spend", { query }),
  );

  const total = computed((): SpendTotals | null => {
    const { value, outdated } = spend.state.value;
    const live = liveSpend.value;
    if (live === null || live.watched !== watched.value) return value?.total ?? null;
    if (value === null || outdated) return live.spend.total;
    return live.order > (askedAfter.get(value) ?? 0) ? live.spend.total : value.total;
  });

  const byModel = createResource(
    computed((): SpendQuery | null =>
      (total.value?.unpricedCalls ?? 0) > 0
        ? { ...range.value, groupBy: ["provider", "model"], filters: scopeFilters.value }
        : null,
    ),
    (query) => host.request("spend", { query }),
  );
  const workspaces = createResource(
    computed((): SpendQuery => ({ from: WORKSPACE_DAYS, groupBy: ["workspace"], limit: 50 })),
    (query) => host.request("spend", { query }),
  );
  const calls = createCallList(
    host,
    computed((): CallsQuery | null => {
      if (view.value !== "calls") return null;
      const { filters, status: callStatus, costStatus } = callFilters.value;
      return {
        ...range.value,
        filters: { ...scopeFilters.value, ...filters },
        ...(callStatus === null ? {} : { status: callStatus }),
        ...(costStatus === null ? {} : { costStatus }),
      };
    }),
  );

  /** While hidden, what came in is only noted. */
  let missed = false;
  function refresh(): void {
    if (!visible.peek()) {
      missed = true;
      return;
    }
    for (const resource of [spend, series, byModel]) resource.refresh();
    calls.refresh();
  }
  const refreshSoon = throttled(refresh, REFRESH_MS, timers);
  effect(() => {
    if (!visible.value || !missed) return;
    missed = false;
    refreshSoon();
  });

  function addToFeed(newCalls: readonly Call[]): void {
    const inScope = newCalls.filter((call) => scope.peek() === null || call.workspace === scope.peek());
    const known = new Set(inScope.map((call) => call.callId));
    // By their start, so that calls that were spooled while the daemon was away stand where they belong.
    feed.value = [...inScope, ...feed.value.filter((call) => !known.has(call.callId))]
      .toSorted((a, b) => b.startedAt.localeCompare(a.startedAt) || b.callId.localeCompare(a.callId))
      .slice(0, FEED_LENGTH);
  }

  function takeSpend(spendNow: LiveSpend, question: string): void {
    liveCount += 1;
    liveSpend.value = { spend: spendNow, watched: question, order: liveCount };
  }

  function take(event: LiveEvent, question: string): void {
    switch (event.type) {
      case "snapshot":
        takeSpend(event.data.spend, question);
        budgets.value = event.data.budgets;
        status.value = event.data.status;
        feed.value = [];
        addToFeed(event.data.recentCalls);
        refreshSoon();
        break;
      case "spend":
        takeSpend(event.data, question);
        refreshSoon();
        break;
      case "call":
        addToFeed(event.data.calls);
        refreshSoon();
        break;
      case "budget":
        budgets.value = event.data.budgets;
        break;
      case "health":
        status.value = event.data;
        break;
      default:
        event satisfies never;
    }
  }

  host.onConnection((state) => {
    connection.value = state;
  });
  function watchNow(): void {
    const question = watched.value;
    host.watch({ ...range.value, filters: scopeFilters.value }, (event) =>
      batch(() => take(event, question)),
    );
  }
  effect(watchNow);

  async function readBudgets(): Promise<void> {
    const answer = await host.request("budgets", {});
    if (answer.ok) budgets.value = answer.value.budgets;
  }
  async function readStatus(): Promise<void> {
    const answer = await host.request("status", {});
    if (answer.ok) status.value = answer.value;
  }
  void readBudgets();
  void readStatus();

  function tick(): void {
    nowMs.value = timers.now();
    // At midnight "today" becomes another day without any call.
    refresh();
    timers.after(MINUTE_MS, tick);
  }
  timers.after(MINUTE_MS, tick);

  return {
    host,
    surroundings,
    formats: computed(() =>
      createFormats(
        surroundings.locale,
        spend.state.value.value?.timeZone ?? new Intl.DateTimeFormat().resolvedOptions().timeZone,
      ),
    ),
    nowMs,
    view,
    period,
    scope,
    dimension,
    sort,
    search,
    callFilters,
    selectedCall,
    connection,
    status,
    budgets,
    feed,
    spend,
    total,
    before,
    series,
    byModel,
    workspaces,
    calls,

    refresh() {
      if (connection.value.connection === "lost") watchNow();
      refresh();
      workspaces.refresh();
      void readBudgets();
      void readStatus();
    },
    showCalls(filters) {
      batch(() => {
        callFilters.value = { ...noCallFilters, ...filters };
        selectedCall.value = null;
        view.value = "calls";
      });
    },
    async setBudget(budget) {
      const answer = await host.request("setBudget", { body: budget });
      if (answer.ok) await readBudgets();
      return answer.ok ? null : answer.failure;
    },
    async removeBudget(id) {
      const answer = await host.request("removeBudget", { id });
      if (answer.ok) await readBudgets();
      return answer.ok ? null : answer.failure;
    },
  };
}
