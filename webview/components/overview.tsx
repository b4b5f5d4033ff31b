import { useRef } from "preact/hooks";
import { t } from "../localisation/t.ts";
import { periodEnd, periodWords } from "../model/period.ts";
import { type Trend, trendOf } from "../model/trend.ts";
import { Breakdown } from "./breakdown.tsx";
import { Budgets } from "./budgets.tsx";
import { useDashboard } from "./dashboardContext.ts";
import { EmptyState } from "./emptyState.tsx";
import { Feed } from "./feed.tsx";
import { FailureState, Note, UnpricedNotice } from "./notices.tsx";
import { TotalPanel } from "./totalPanel.tsx";
import { TrendChart } from "./trendChart.tsx";

/** Which of its designed states the overview is in; tests read it. */
type OverviewState = "loading" | "failure" | "empty" | "ready";

export function Overview() {
  const { spend, total, dimension, refresh } = useDashboard();
  const { value, outdated, failure } = spend.state.value;
  const trend = useTrend();
  const state: OverviewState =
    value !== null
      ? total.value?.calls === 0 && !outdated
        ? "empty"
        : "ready"
      : failure === null
        ? "loading"
        : "failure";

  return (
    <div
      class="overview"
      data-testid="overview"
      data-state={state}
      aria-busy={outdated || state === "loading"}
    >
      {state === "loading" && <Skeleton />}
      {state === "failure" && failure !== null && <FailureState failure={failure} onRetry={refresh} />}
      {value !== null && failure !== null && (
        <Note tone="warning" testId="note-failure" urgent>
          <p>{t("These figures could not be renewed: {0}", failure.message)}</p>
        </Note>
      )}
      {state === "empty" && (
        <div class="columns">
          <div class="top">
            <TotalPanel />
            <EmptyState />
          </div>
          <Aside />
        </div>
      )}
      {state === "ready" && (
        <>
          <div class={`top ${outdated ? "outdated" : ""}`}>
            <TotalPanel />
            <TrendChart trend={trend} by={dimension.value} testId="trend" outdated={outdated} />
          </div>
          <UnpricedNotice />
          <div class="columns">
            <Breakdown slots={trend?.slots ?? new Map()} />
            <Aside />
          </div>
        </>
      )}
    </div>
  );
}

function Aside() {
  return (
    <aside aria-label={t("Budgets and latest calls")}>
      <Budgets />
      <Feed />
    </aside>
  );
}

/** The trend of the latest answer; colours stay with their keys from one answer to the next. */
function useTrend(): Trend | null {
  const { series, period, formats } = useDashboard();
  const last = useRef<Trend | null>(null);
  const { value } = series.state.value;
  const remembered = useRef<{ value: unknown; formats: unknown } | null>(null);
  if (value === null) return null;
  if (remembered.current?.value !== value || remembered.current.formats !== formats.value) {
    remembered.current = { value, formats: formats.value };
    const end = series.state.value.outdated ? null : periodEnd(period.value, value);
    last.current = trendOf(
      value,
      value.groupBy ?? "source",
      end,
      formats.value,
      last.current?.slots ?? new Map(),
    );
  }
  return last.current;
}

/** The shape of what is to come, in grey. */
function Skeleton() {
  const { period } = useDashboard();
  return (
    <div class="skeleton" data-testid="state-loading" role="status">
      <span class="for-readers">
        {t("Reading what was spent {0}…", periodWords[period.value].inSentence)}
      </span>
      <div class="top" aria-hidden="true">
        <div>
          <div class="ghost ghost-total" />
          <div class="ghost ghost-line" />
          <div class="ghost ghost-line" />
          <div class="ghost ghost-line" />
        </div>
        <div class="ghost ghost-chart" />
      </div>
      <div class="ghost ghost-row" aria-hidden="true" />
      <div class="ghost ghost-row" aria-hidden="true" />
      <div class="ghost ghost-row" aria-hidden="true" />
    </div>
  );
}
