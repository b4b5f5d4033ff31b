import { useRef } from "preact/hooks";
import type { TeamDimensionName, TeamSeries, TeamSpend } from "../../shared/teamSpend.ts";
import { t } from "../localisation/t.ts";
import { callsInWords, spendWords } from "../model/costWords.ts";
import { freshnessWords, teamTrend } from "../model/teamView.ts";
import type { Trend } from "../model/trend.ts";
import { Budgets } from "./budgets.tsx";
import { LinkButton } from "./controls.tsx";
import { useDashboard } from "./dashboardContext.ts";
import { Note } from "./notices.tsx";
import { ResourceView } from "./resourceView.tsx";
import { TeamBreakdown } from "./teamBreakdown.tsx";
import { TeamMembersList } from "./teamMembersList.tsx";
import { TrendChart } from "./trendChart.tsx";
import { Words } from "./words.tsx";

/** What all of the team spends, by whom and for what, and how fresh that is. */
export function TeamView() {
  const { status, teamSpend } = useDashboard();
  if (status.value !== null && status.value.team === undefined) return <NoTeam />;
  return (
    <ResourceView
      testId="team-view"
      resource={teamSpend}
      loading={t("Reading what the team spends…")}
      isEmpty={() => false}
      empty={null}
    >
      {(value, outdated) => <Team spend={value} outdated={outdated} />}
    </ResourceView>
  );
}

function Team({ spend, outdated }: { spend: TeamSpend; outdated: boolean }) {
  const { teamFilters } = useDashboard();
  const nothing = spend.total.calls === 0 && Object.keys(teamFilters.value).length === 0;
  return (
    <>
      <Freshness spend={spend} />
      {nothing ? (
        <NothingYet />
      ) : (
        <div class={`top ${outdated ? "outdated" : ""}`}>
          <Total spend={spend} />
          <OverTime outdated={outdated} />
        </div>
      )}
      <div class="columns">
        {nothing ? <span /> : <TeamBreakdown spend={spend} outdated={outdated} />}
        <aside aria-label={t("Budgets and developers")}>
          <Budgets team />
          <TeamMembersList />
        </aside>
      </div>
    </>
  );
}

function Freshness({ spend }: { spend: TeamSpend }) {
  const { formats } = useDashboard();
  const { concern } = freshnessWords(spend.freshness, formats.value);
  if (concern === null) return null;
  return (
    <Note tone="warning" testId="team-offline" urgent>
      <p>{concern}</p>
    </Note>
  );
}

function Total({ spend }: { spend: TeamSpend }) {
  const { formats, teamMembers } = useDashboard();
  const words = spendWords(spend.total, formats.value);
  const members = teamMembers.state.value.value?.members.length ?? 0;
  return (
    <section class="total-panel" aria-label={t("Total")}>
      <p class="total" data-testid="team-total" title={words.note}>
        {words.text}
      </p>
      <p class="comparison">{callsInWords(spend.total.calls, formats.value)}</p>
      <dl class="facts">
        <div>
          <dt>{t("Developers")}</dt>
          <dd data-testid="team-developers">{formats.value.count(members)}</dd>
        </div>
        <div title={t("Failed attempts, and attempts after the first")}>
          <dt>{t("Retries")}</dt>
          <dd>{formats.value.usd(spend.total.retryCostUsd)}</dd>
        </div>
        <div title={t("The team's days are those of this time zone.")}>
          <dt>{t("Time zone")}</dt>
          <dd class="team-zone">{spend.timeZone.replaceAll("_", " ")}</dd>
        </div>
      </dl>
      <p class="small dim team-as-of" data-testid="team-as-of">
        {freshnessWords(spend.freshness, formats.value).asOf}
      </p>
    </section>
  );
}

function OverTime({ outdated }: { outdated: boolean }) {
  const { teamSeries, teamBy } = useDashboard();
  const by = teamBy.value === "day" ? "developer" : teamBy.value;
  const { value, outdated: older } = teamSeries.state.value;
  const trend = useTeamTrend(value, by);
  return <TrendChart trend={trend} by={by} testId="team-trend" outdated={outdated || older} />;
}

/** Colours stay with their keys from one answer to the next. */
function useTeamTrend(series: TeamSeries | null, by: TeamDimensionName): Trend | null {
  const { formats } = useDashboard();
  const last = useRef<{ series: TeamSeries; formats: unknown; trend: Trend } | null>(null);
  if (series === null) return null;
  if (last.current?.series !== series || last.current.formats !== formats.value) {
    const trend = teamTrend(
      series,
      series.groupBy ?? by,
      formats.value,
      last.current?.trend.slots ?? new Map(),
    );
    last.current = { series, formats: formats.value, trend };
  }
  return last.current.trend;
}

function NothingYet() {
  const { period } = useDashboard();
  return (
    <section class="state" data-testid="state-empty">
      <h2>{t("Nothing of the team in this time")}</h2>
      <p>{t("What its developers spend arrives here some seconds after it is spent.")}</p>
      {period.value !== "30d" && (
        <p>
          <LinkButton
            onClick={() => {
              period.value = "30d";
            }}
          >
            {t("Show the last 30 days")}
          </LinkButton>
        </p>
      )}
    </section>
  );
}

/** Seen where a team was left while this view was chosen. */
function NoTeam() {
  return (
    <section class="state" data-testid="team-none">
      <h2>{t("No team yet")}</h2>
      <p>
        <Words
          text={t(
            "A team shares one Turso or libSQL database. Make one with `turso db create team`, or run a `sqld` of your own, then join it: `taximeter team join libsql://…`.",
          )}
        />
      </p>
      <p class="dim">
        {t("Sums of quarter hours leave this machine then, and nothing else unless you choose it.")}
      </p>
    </section>
  );
}
