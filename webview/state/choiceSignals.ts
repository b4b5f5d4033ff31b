import { effect, type Signal, signal } from "@preact/signals";
import type { DashboardHost } from "../hosts/dashboardHost.ts";
import { type Choices, noCallFilters } from "./choices.ts";
import { readChoices } from "./savedState.ts";
import type { Surroundings } from "./surroundings.ts";

export type ChoiceSignals = { [Name in keyof Choices]: Signal<Choices[Name]> };

/** The choices as they were left, or as the host says to begin. Every change is kept at once. */
export function createChoices(host: DashboardHost, surroundings: Surroundings): ChoiceSignals {
  const { sessionStart, workspace, firstScope, firstPeriod } = surroundings;
  const saved = readChoices(host.loadState());
  const first: Choices = {
    view: "overview",
    period: firstPeriod,
    scope: firstScope === "workspace" ? workspace : null,
    filters: {},
    dimension: "source",
    second: null,
    sort: { column: "spend", descending: true },
    search: "",
    callFilters: noCallFilters,
    sorts: {},
    performanceBy: "provider",
    measure: "duration",
    teamBy: "developer",
    teamFilters: {},
    scroll: {},
    ...saved,
  };
  const choices: ChoiceSignals = {
    view: signal(first.view),
    period: signal(first.period === "session" && sessionStart === null ? "today" : first.period),
    scope: signal(first.scope),
    filters: signal(first.filters),
    dimension: signal(first.dimension),
    second: signal(first.second),
    sort: signal(first.sort),
    search: signal(first.search),
    callFilters: signal(first.callFilters),
    sorts: signal(first.sorts),
    performanceBy: signal(first.performanceBy),
    measure: signal(first.measure),
    teamBy: signal(first.teamBy),
    teamFilters: signal(first.teamFilters),
    scroll: signal(first.scroll),
  };
  effect(() => {
    host.saveState(Object.fromEntries(Object.entries(choices).map(([name, choice]) => [name, choice.value])));
  });
  return choices;
}
