import { batch, effect, type ReadonlySignal, signal } from "@preact/signals";
import type { BudgetState } from "../../shared/budgets.ts";
import type { Call } from "../../shared/call.ts";
import type { DaemonStatus } from "../../shared/daemonStatus.ts";
import type { LiveEvent, LiveQuery, LiveSpend } from "../../shared/live.ts";
import type { ConnectionState, DashboardHost } from "../hosts/dashboardHost.ts";

const FEED_LENGTH = 30;

/** A live sum, what it answers, and how many came before it. */
export interface LiveSum {
  spend: LiveSpend;
  question: string;
  order: number;
}

/** What the daemon tells by itself. */
export interface Live {
  connection: ReadonlySignal<ConnectionState>;
  status: ReadonlySignal<DaemonStatus | null>;
  budgets: ReadonlySignal<BudgetState[] | null>;
  /** Newest first. */
  feed: ReadonlySignal<Call[]>;
  sum: ReadonlySignal<LiveSum | null>;
  /** Live sums so far. An answer is newer than those that came before its question, and older than those after it. */
  count(): number;
  /** Opens the stream, and again whenever it is another that is wanted. */
  start(): void;
  /** Opens the stream anew. */
  watch(): void;
  readBudgets(): Promise<void>;
  readStatus(): Promise<void>;
}

/** What is watched changes with `query`. `onNews`: figures may have changed. */
export function createLive(
  host: DashboardHost,
  query: ReadonlySignal<LiveQuery>,
  scope: ReadonlySignal<string | null>,
  onNews: () => void,
): Live {
  const connection = signal<ConnectionState>({ connection: "connecting", detail: null });
  const status = signal<DaemonStatus | null>(null);
  const budgets = signal<BudgetState[] | null>(null);
  const feed = signal<Call[]>([]);
  const sum = signal<LiveSum | null>(null);
  let count = 0;

  function addToFeed(newCalls: readonly Call[]): void {
    const inScope = newCalls.filter((call) => scope.peek() === null || call.workspace === scope.peek());
    const known = new Set(inScope.map((call) => call.callId));
    // By their start, so that calls that were spooled while the daemon was away stand where they belong.
    feed.value = [...inScope, ...feed.value.filter((call) => !known.has(call.callId))]
      .toSorted((a, b) => b.startedAt.localeCompare(a.startedAt) || b.callId.localeCompare(a.callId))
      .slice(0, FEED_LENGTH);
  }

  function takeSpend(spend: LiveSpend, question: string): void {
    count += 1;
    sum.value = { spend, question, order: count };
  }

  function take(event: LiveEvent, question: string): void {
    switch (event.type) {
      case "snapshot":
        takeSpend(event.data.spend, question);
        budgets.value = event.data.budgets;
        status.value = event.data.status;
        feed.value = [];
        addToFeed(event.data.recentCalls);
        onNews();
        break;
      case "spend":
        takeSpend(event.data, question);
        onNews();
        break;
      case "call":
        addToFeed(event.data.calls);
        onNews();
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
  function watch(): void {
    const asked = query.value;
    const question = JSON.stringify(asked);
    host.watch(asked, (event) => batch(() => take(event, question)));
  }
  return {
    connection,
    status,
    budgets,
    feed,
    sum,
    count: () => count,
    start: () => void effect(watch),
    watch,
    async readBudgets() {
      const answer = await host.request("budgets", {});
      if (answer.ok) budgets.value = answer.value.budgets;
    },
    async readStatus() {
      const answer = await host.request("status", {});
      if (answer.ok) status.value = answer.value;
    },
  };
}
