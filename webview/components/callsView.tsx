import { type CallStatus, type CostStatus, callStatuses, costStatuses } from "../../shared/call.ts";
import type { Dimension } from "../../shared/dimensions.ts";
import { t } from "../localisation/t.ts";
import { callStatusWords } from "../model/costWords.ts";
import { periodWords } from "../model/period.ts";
import { CallDetail } from "./callDetail.tsx";
import { CallTable } from "./callTable.tsx";
import { LinkButton, Select } from "./controls.tsx";
import { useDashboard } from "./dashboardContext.ts";
import { FilterChips } from "./filterChips.tsx";
import { FailureState, Note } from "./notices.tsx";

/** Single calls, newest first, and all that is known of the chosen one. */
export function CallsView() {
  const { calls, selectedCall } = useDashboard();
  const loaded = calls.loaded.value;
  const failure = calls.failure.value;
  const state =
    loaded !== null
      ? loaded.calls.length === 0
        ? "empty"
        : "ready"
      : failure === null
        ? "loading"
        : "failure";
  return (
    <div class="calls" data-testid="calls-view" data-state={state} aria-busy={state === "loading"}>
      <CallFilterBar />
      {state === "loading" && (
        <p class="dim nothing" role="status" data-testid="state-loading">
          {t("Reading calls…")}
        </p>
      )}
      {state === "failure" && failure !== null && <FailureState failure={failure} onRetry={calls.refresh} />}
      {loaded !== null && failure !== null && (
        <Note tone="warning" testId="note-failure" urgent>
          <p>{t("This list could not be renewed: {0}", failure.message)}</p>
        </Note>
      )}
      {state === "empty" && <NoCalls />}
      <div class={selectedCall.value === null ? "calls-columns" : "calls-columns with-detail"}>
        {state === "ready" && <CallTable />}
        {selectedCall.value !== null && <CallDetail call={selectedCall.value} />}
      </div>
    </div>
  );
}

const ANY = "";

const costStatusNames: Record<CostStatus, string> = {
  declared: t("Told by the provider"),
  computed: t("Computed"),
  estimated: t("Estimated"),
  free: t("Free"),
  unpriced: t("No price"),
  incomplete: t("Only in part"),
};

function CallFilterBar() {
  const { callFilters, showCalls } = useDashboard();
  const { filters, status, costStatus } = callFilters.value;
  const change = (over: Partial<typeof callFilters.value>) => {
    callFilters.value = { ...callFilters.value, ...over };
  };
  const without = (dimension: Dimension) => {
    const { [dimension]: _, ...rest } = filters;
    change({ filters: rest });
  };
  return (
    <search class="call-filters" aria-label={t("Filters")}>
      <FilterChips filters={filters} testId="filter" onRemove={without} />
      <Select
        label={t("Status")}
        testId="filter-status"
        value={status ?? ANY}
        options={[
          { value: ANY, label: t("Any status") },
          ...callStatuses.map((name) => ({ value: name, label: callStatusWords[name] })),
        ]}
        onChange={(name) =>
          change({ status: callStatuses.find((known): known is CallStatus => known === name) ?? null })
        }
      />
      <Select
        label={t("Cost")}
        testId="filter-cost"
        value={costStatus ?? ANY}
        options={[
          { value: ANY, label: t("Any cost") },
          ...costStatuses.map((name) => ({ value: name, label: costStatusNames[name] })),
        ]}
        onChange={(name) => change({ costStatus: costStatuses.find((known) => known === name) ?? null })}
      />
      {isFiltered(callFilters.value) && (
        <LinkButton testId="filters-clear" onClick={() => showCalls({})}>
          {t("Clear filters")}
        </LinkButton>
      )}
    </search>
  );
}

function isFiltered({
  filters,
  status,
  costStatus,
}: ReturnType<typeof useDashboard>["callFilters"]["value"]) {
  return Object.keys(filters).length > 0 || status !== null || costStatus !== null;
}

function NoCalls() {
  const { callFilters, period, showCalls } = useDashboard();
  const when = periodWords[period.value].inSentence;
  const filtered = isFiltered(callFilters.value);
  return (
    <section class="state" data-testid="state-empty">
      <h2>{filtered ? t("No calls fit these filters {0}", when) : t("No AI calls {0}", when)}</h2>
      {filtered && (
        <p>
          <LinkButton onClick={() => showCalls({})}>{t("Clear the filters")}</LinkButton>
        </p>
      )}
    </section>
  );
}
