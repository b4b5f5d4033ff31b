import { type CallStatus, type CostStatus, callStatuses, costStatuses } from "../../shared/call.ts";
import { type Dimension, isDimension } from "../../shared/dimensions.ts";
import { callStatusWords } from "../model/costWords.ts";
import { dimensionWords, keyWords } from "../model/dimensionWords.ts";
import { periodWords } from "../model/period.ts";
import { CallDetail } from "./callDetail.tsx";
import { CallTable } from "./callTable.tsx";
import { Icon, LinkButton, Select } from "./controls.tsx";
import { useDashboard } from "./dashboardContext.ts";
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
          Reading calls…
        </p>
      )}
      {state === "failure" && failure !== null && <FailureState failure={failure} onRetry={calls.refresh} />}
      {loaded !== null && failure !== null && (
        <Note tone="warning" testId="note-failure" urgent>
          <p>This list could not be renewed: {failure.message}</p>
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
  declared: "Told by the provider",
  computed: "Computed",
  estimated: "Estimated",
  free: "Free",
  unpriced: "No price",
  incomplete: "Only in part",
};

function CallFilterBar() {
  const { callFilters, showCalls } = useDashboard();
  const { filters, status, costStatus } = callFilters.value;
  const chips = Object.entries(filters).flatMap(([dimension, values]) =>
    isDimension(dimension) ? (values ?? []).map((value) => ({ dimension, value })) : [],
  );
  const change = (over: Partial<typeof callFilters.value>) => {
    callFilters.value = { ...callFilters.value, ...over };
  };
  const without = (dimension: Dimension) => {
    const { [dimension]: _, ...rest } = filters;
    change({ filters: rest });
  };
  return (
    <search class="call-filters" aria-label="Filters">
      {chips.map(({ dimension, value }) => (
        <button
          key={`${dimension}\n${value}`}
          type="button"
          class="chip"
          title="Remove this filter"
          data-testid={`filter-${dimension}`}
          onClick={() => without(dimension)}
        >
          <span class="dim">{dimensionWords(dimension).name}</span>
          <span class="code">{keyWords(dimension, value)}</span>
          <Icon name="close" />
        </button>
      ))}
      <Select
        label="Status"
        testId="filter-status"
        value={status ?? ANY}
        options={[
          { value: ANY, label: "Any status" },
          ...callStatuses.map((name) => ({ value: name, label: callStatusWords[name] })),
        ]}
        onChange={(name) =>
          change({ status: callStatuses.find((known): known is CallStatus => known === name) ?? null })
        }
      />
      <Select
        label="Cost"
        testId="filter-cost"
        value={costStatus ?? ANY}
        options={[
          { value: ANY, label: "Any cost" },
          ...costStatuses.map((name) => ({ value: name, label: costStatusNames[name] })),
        ]}
        onChange={(name) => change({ costStatus: costStatuses.find((known) => known === name) ?? null })}
      />
      {(chips.length > 0 || status !== null || costStatus !== null) && (
        <LinkButton testId="filters-clear" onClick={() => showCalls({})}>
          Clear filters
        </LinkButton>
      )}
    </search>
  );
}

function NoCalls() {
  const { callFilters, period, showCalls } = useDashboard();
  const { filters, status, costStatus } = callFilters.value;
  const filtered = Object.keys(filters).length > 0 || status !== null || costStatus !== null;
  return (
    <section class="state" data-testid="state-empty">
      <h2>
        {filtered ? "No calls fit these filters" : "No AI calls"} {periodWords[period.value].inSentence}
      </h2>
      {filtered && (
        <p>
          <LinkButton onClick={() => showCalls({})}>Clear the filters</LinkButton>
        </p>
      )}
    </section>
  );
}
