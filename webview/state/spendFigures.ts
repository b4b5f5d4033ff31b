import { computed, type ReadonlySignal } from "@preact/signals";
import type { Filters } from "../../shared/dimensions.ts";
import type { Range } from "../../shared/range.ts";
import type { Series, SeriesQuery, Spend, SpendQuery, SpendTotals } from "../../shared/spend.ts";
import type { DashboardHost } from "../hosts/dashboardHost.ts";
import { intervalOf, rangeBefore } from "../model/period.ts";
import type { ChoiceSignals } from "./choiceSignals.ts";
import type { Live } from "./live.ts";
import { createResource, type Resource } from "./resource.ts";

/** Workspaces of so many days are offered as a scope. */
const WORKSPACE_DAYS = "90d";

/** What was spent, of the chosen period and what it is narrowed down to. */
export interface SpendFigures {
  spend: Resource<Spend>;
  /** The latest known sums of the period: of the table's answer, or of a live event since. */
  total: ReadonlySignal<SpendTotals | null>;
  /** The period before, up to the same point. */
  before: Resource<Spend>;
  series: Resource<Series>;
  /** Spend by provider and model, read only where calls have no price. */
  byModel: Resource<Spend>;
  workspaces: Resource<Spend>;
}

export interface Narrowed {
  range: ReadonlySignal<Range>;
  filters: ReadonlySignal<Filters>;
}

export function createSpendFigures(
  host: DashboardHost,
  choices: ChoiceSignals,
  { range, filters }: Narrowed,
  live: Live,
  nowMs: ReadonlySignal<number>,
  /** Whether the first figures are there; what is less urgent waits for them. */
  begun: ReadonlySignal<boolean>,
): SpendFigures {
  const { period, dimension, second } = choices;
  const askedAfter = new WeakMap<Spend, number>();
  const watched = computed(() => JSON.stringify({ ...range.value, filters: filters.value }));
  const ask = (query: SpendQuery) => host.request("spend", { query });

  const spend = createResource(
    computed(
      (): SpendQuery => ({
        ...range.value,
        groupBy: second.value === null ? [dimension.value] : [dimension.value, second.value],
        filters: filters.value,
      }),
    ),
    async (query) => {
      const order = live.count();
      const answer = await ask(query);
      if (answer.ok) askedAfter.set(answer.value, order);
      return answer;
    },
  );
  const total = computed((): SpendTotals | null => {
    const { value, outdated } = spend.state.value;
    const sum = live.sum.value;
    if (sum === null || sum.question !== watched.value) return value?.total ?? null;
    if (value === null || outdated) return sum.spend.total;
    return sum.order > (askedAfter.get(value) ?? 0) ? sum.spend.total : value.total;
  });

  return {
    spend,
    total,
    before: createResource(
      computed((): SpendQuery | null => {
        const { value, outdated } = spend.state.value;
        if (value === null || outdated) return null;
        const rangeThen = rangeBefore(period.value, value, new Date(nowMs.value));
        return rangeThen === null ? null : { ...rangeThen, filters: filters.value, limit: 1 };
      }),
      ask,
    ),
    series: createResource(
      computed((): SeriesQuery => {
        const interval = intervalOf(period.value);
        return {
          ...range.value,
          groupBy: dimension.value,
          filters: filters.value,
          ...(interval === undefined ? {} : { interval }),
        };
      }),
      (query) => host.request("series", { query }),
    ),
    byModel: createResource(
      computed((): SpendQuery | null =>
        (total.value?.unpricedCalls ?? 0) > 0
          ? { ...range.value, groupBy: ["provider", "model"], filters: filters.value }
          : null,
      ),
      ask,
    ),
    workspaces: createResource(
      computed((): SpendQuery | null =>
        begun.value ? { from: WORKSPACE_DAYS, groupBy: ["workspace"], limit: 50 } : null,
      ),
      ask,
    ),
  };
}
