import type { TeamDimensionName, TeamSpend } from "../../shared/teamSpend.ts";
import { t } from "../localisation/t.ts";
import { dimensionWords } from "../model/dimensionWords.ts";
import { arrangedRows, type TableSort } from "../model/figuresTable.ts";
import { dimensionWithin, teamColumns, teamMenu, teamRow, teamTabs } from "../model/teamView.ts";
import { Tabs } from "./choiceBar.tsx";
import { Icon, LinkButton, Select } from "./controls.tsx";
import { useDashboard } from "./dashboardContext.ts";
import { FiguresTable } from "./figuresTable.tsx";
import { SearchField } from "./searchField.tsx";

const PANEL = "team";

/** The team's spend by one dimension; a press on a row shows what is within it. */
export function TeamBreakdown({ spend, outdated }: { spend: TeamSpend; outdated: boolean }) {
  const { formats, teamBy, teamFilters, sorts, search } = useDashboard();
  const by = spend.groupBy[0] ?? "developer";
  const rows = spend.rows.map((row) => teamRow(row, by, spend.total.costUsd, formats.value));
  const sort: TableSort = sorts.value.team ?? { column: "spend", descending: true };
  return (
    <section class="breakdown" aria-label={t("By what")}>
      <div class="breakdown-head">
        <Tabs<TeamDimensionName>
          class="dimensions"
          label={t("Break down by")}
          controls={PANEL}
          value={teamTabs.find((name) => name === teamBy.value) ?? null}
          choices={teamTabs.map((name) => ({
            value: name,
            label: dimensionWords(name).name,
            testId: `team-by-${name}`,
          }))}
          onChoose={(name) => {
            teamBy.value = name;
          }}
        />
        <MoreDimensions />
        <SearchField of={rows.length} label={t("Filter rows")} />
      </div>
      <Chosen />
      <div id={PANEL} role="tabpanel" aria-label={t("By what")}>
        <FiguresTable
          testId="team-table"
          columns={teamColumns(by)}
          rows={arrangedRows(rows, sort, search.value)}
          outdated={outdated}
          sort={sort}
          onSort={(next) => {
            sorts.value = { ...sorts.value, team: next };
          }}
          opens={t("Show what is in it")}
          onOpen={(row) => {
            const filters = { ...teamFilters.value, [by]: [row.id ?? ""] };
            teamFilters.value = filters;
            teamBy.value = dimensionWithin(by, filters);
          }}
        />
      </div>
    </section>
  );
}

function MoreDimensions() {
  const { teamBy } = useDashboard();
  const chosen = teamMenu.find((name) => name === teamBy.value);
  return (
    <div class={`more-dimensions ${chosen === undefined ? "" : "chosen"}`}>
      <Select
        label={t("Break down by something else")}
        testId="team-more"
        value={chosen ?? ""}
        options={[
          { value: "", label: t("More…") },
          ...teamMenu.map((name) => ({ value: name, label: dimensionWords(name).name })),
        ]}
        onChange={(name) => {
          teamBy.value = teamMenu.find((known) => known === name) ?? teamBy.value;
        }}
      />
    </div>
  );
}

/** What the team's spend is narrowed down to. */
function Chosen() {
  const { teamFilters } = useDashboard();
  const chips = Object.entries(teamFilters.value);
  if (chips.length === 0) return null;
  return (
    <search class="call-filters" aria-label={t("Narrowed down to")} data-testid="team-narrowed">
      <span class="dim">{t("Only")}</span>
      {chips.map(([name, values]) => (
        <button
          key={name}
          type="button"
          class="chip"
          title={t("Remove this filter")}
          data-testid={`team-only-${name}`}
          onClick={() => {
            teamFilters.value = Object.fromEntries(chips.filter(([other]) => other !== name));
          }}
        >
          <ChipWords name={name} value={values?.[0] ?? ""} />
          <Icon name="close" />
        </button>
      ))}
      <LinkButton
        testId="team-clear"
        onClick={() => {
          teamFilters.value = {};
        }}
      >
        {t("Show everything")}
      </LinkButton>
    </search>
  );
}

function ChipWords({ name, value }: { name: string; value: string }) {
  const known = [...teamTabs, ...teamMenu].find((dimension) => dimension === name) ?? "developer";
  return (
    <>
      <span class="dim">{dimensionWords(known).name}</span>
      <span class="code">{value === "" ? dimensionWords(known).none : value}</span>
    </>
  );
}
