import { computed, type ReadonlySignal } from "@preact/signals";
import type { Range } from "../../shared/range.ts";
import type {
  TeamMembers,
  TeamSeries,
  TeamSeriesQuery,
  TeamSpend,
  TeamSpendQuery,
} from "../../shared/teamSpend.ts";
import type { DashboardHost } from "../hosts/dashboardHost.ts";
import type { ChoiceSignals } from "./choiceSignals.ts";
import { createResource, type Resource } from "./resource.ts";

/** Of the team: read only while it is looked at. */
export interface TeamFigures {
  teamSpend: Resource<TeamSpend>;
  teamSeries: Resource<TeamSeries>;
  teamMembers: Resource<TeamMembers>;
}

export function createTeamFigures(
  host: DashboardHost,
  { view, teamBy, teamFilters }: ChoiceSignals,
  range: ReadonlySignal<Range>,
  isJoined: ReadonlySignal<boolean>,
): TeamFigures {
  const within = <Question>(question: () => Question) =>
    computed((): Question | null => (view.value === "team" && isJoined.value ? question() : null));
  const from = () => ({ from: range.value.from ?? "today" });
  return {
    teamSpend: createResource(
      within((): TeamSpendQuery => ({ ...from(), groupBy: [teamBy.value], filters: teamFilters.value })),
      (query) => host.request("teamSpend", { query }),
    ),
    teamSeries: createResource(
      within((): TeamSeriesQuery => {
        const groupBy = teamBy.value === "day" ? "developer" : teamBy.value;
        return { ...from(), groupBy, filters: teamFilters.value };
      }),
      (query) => host.request("teamSeries", { query }),
    ),
    teamMembers: createResource(
      within(() => "all"),
      () => host.request("teamMembers", {}),
    ),
  };
}
