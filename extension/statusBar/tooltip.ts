import type { BudgetState } from "../../shared/budgets.ts";
import { type Call, modelOf } from "../../shared/call.ts";
import type { DaemonStatus } from "../../shared/daemonStatus.ts";
import type { DashboardPlace } from "../../shared/dashboardPlace.ts";
import type { SpendRow, SpendTotals } from "../../shared/spend.ts";
import { budgetName } from "../budgets/budgetName.ts";
import { commands } from "../contributions.ts";
import type { MeterState } from "../daemon/meterState.ts";
import { age, amount, callCount, count, day, type Language, percentage, timeOfDay } from "../language.ts";
import { escapeMarkdown, markdownTable } from "../markdown.ts";
import { type StatusBarView, spentFigure, spentInPeriod } from "./statusBarView.ts";
import { link } from "./tooltipLinks.ts";
import { watchedWorkspaces } from "./watchedSpend.ts";

const amountColumns = new Set([1]);
const budgetColumns = new Set([1, 2]);
/** Tables in a hover have no room between their columns. */
const COLUMN_GAP = "&emsp;";

export function statusBarTooltip(state: MeterState, view: StatusBarView, language: Language): string {
  const parts = [...situation(state, language)];
  if (!view.isTrusted) {
    parts.push(
      `$(shield) ${language.l10n.t("Restricted Mode: what the settings of this workspace say of Taximeter is not followed.")}`,
    );
  }
  if (state.spend !== null && isAway(state)) {
    parts.push(language.l10n.t("Last heard: {0}", heading(state.spend.total, view, language)));
  } else if (state.spend !== null) {
    parts.push(
      heading(state.spend.total, view, language),
      ...topSources(state.spend.topSources, view, language),
      ...lastCall(state.lastCall, view, language),
      ...unpriced(state.spend.total.unpricedCalls, language),
      ...budgetTable(state.budgets, language),
      ...teamToday(state.status, language),
    );
  }
  parts.push("---");
  if (state.status !== null && !isAway(state)) parts.push(...health(state.status, state, view, language));
  return [...parts, actions(state, language)].join("\n\n");
}

function isAway({ stopped, connection }: MeterState): boolean {
  return stopped || connection === "lost";
}

/** What is out of the ordinary, in words. */
function* situation(state: MeterState, { l10n }: Language): Generator<string> {
  if (isAway(state)) {
    yield `**${l10n.t("Nothing here is live just now.")}**`;
    if (state.detail !== null) yield escapeMarkdown(state.detail);
    yield l10n.t("Calls that your apps make meanwhile are kept and counted later.");
  } else if (state.status === null) {
    yield l10n.t("The daemon is being found or started.");
  } else if (!state.status.recording) {
    const resume = link(l10n.t("Resume"), commands.resumeMetering);
    yield `**${l10n.t("Metering is paused: calls are not counted.")}** ${resume}`;
  }
}

function heading(
  total: SpendTotals,
  { period, scope, workspaceFolders }: StatusBarView,
  language: Language,
): string {
  const { l10n } = language;
  const spent = `**${spentInPeriod(spentFigure(total, language), period, language)}**`;
  const calls =
    total.calls === 0
      ? l10n.t("no calls yet: run your app in a new terminal of this window")
      : callCount(language, total.calls);
  const where =
    watchedWorkspaces({ scope, workspaceFolders }).length > 0
      ? l10n.t("this workspace")
      : l10n.t("all projects");
  return `${spent} · ${calls} · ${where}`;
}

/** A link beside a figure leads to the same figure. */
function figureOf(view: StatusBarView): DashboardPlace["figureOf"] & object {
  return { period: view.period, workspaces: watchedWorkspaces(view) };
}

function* topSources(rows: readonly SpendRow[], view: StatusBarView, language: Language): Generator<string> {
  if (rows.length === 0) return;
  const { l10n } = language;
  const cells = rows.slice(0, 5).map((row) => {
    const source = row.key === null ? l10n.t("unattributed") : clip(row.key);
    const spent = amount(language, row.unpricedCalls === row.calls ? null : row.costUsd);
    const place: DashboardPlace = {
      view: "overview",
      narrow: { dimension: "source", value: row.key ?? "" },
      figureOf: figureOf(view),
    };
    return [link(source, commands.openDashboard, place), `${COLUMN_GAP}${spent}`];
  });
  yield markdownTable([l10n.t("Top sources"), " "], cells, amountColumns);
}

function* lastCall(call: Call | null, view: StatusBarView, language: Language): Generator<string> {
  if (call === null) return;
  const { l10n } = language;
  const facts = [
    modelOf(call) ?? call.provider,
    ...(call.source === null ? [] : [clip(call.source)]),
    call.status === "pending" ? l10n.t("running") : amount(language, call.costUsd),
  ];
  const when = link(timeOfDay(language, call.startedAt), commands.openDashboard, {
    view: "calls",
    figureOf: figureOf(view),
  } satisfies DashboardPlace);
  yield `${l10n.t("Last call:")} ${[when, ...facts.map(escapeMarkdown)].join(" · ")}`;
}

function* unpriced(calls: number, language: Language): Generator<string> {
  if (calls === 0) return;
  const { l10n } = language;
  const words =
    calls === 1
      ? l10n.t("1 call has no price and is not in the total.")
      : l10n.t("{0} calls have no price and are not in the total.", count(language, calls));
  const show = link(l10n.t("Show"), commands.showUnpricedModels);
  yield `$(warning) ${words} ${show} · ${link(l10n.t("Set Price…"), commands.setPrice)}`;
}

function* budgetTable(budgets: readonly BudgetState[], language: Language): Generator<string> {
  if (budgets.length === 0) return;
  const { l10n } = language;
  // A column of nothing but "too early" would say nothing.
  const hasPace = budgets.some(({ projectedUsd }) => projectedUsd !== null);
  const cells = budgets.map((budget) => {
    const spent = amount(language, budget.spentUsd);
    const figures = l10n.t("{0} of {1}", spent, amount(language, budget.limitUsd));
    const pace =
      budget.projectedUsd === null || Number(budget.spentUsd) === 0
        ? l10n.t("too early")
        : `${budget.blindCalls > 0 ? "≥ " : ""}${amount(language, budget.projectedUsd)}`;
    return [
      link(clip(budgetName(budget, language)), commands.setBudget, budget.id),
      `${COLUMN_GAP}${figures} · ${percentage(language, budget.percent)}${budget.hardStop ? ` · ${l10n.t("hard stop")}` : ""}`,
      ...(hasPace ? [`${COLUMN_GAP}${pace}`] : []),
    ];
  });
  const header = [l10n.t("Budgets"), " ", ...(hasPace ? [`${COLUMN_GAP}${l10n.t("Pace")}`] : [])];
  yield markdownTable(header, cells, budgetColumns);
  const blind = Math.max(...budgets.map(({ blindCalls }) => blindCalls));
  if (blind === 0) return;
  const words =
    blind === 1
      ? l10n.t("Budgets do not see 1 call without a full price.")
      : l10n.t("Budgets do not see {0} calls without a full price.", count(language, blind));
  yield `${words} ${link(l10n.t("Set Price…"), commands.setPrice)}`;
}

function* teamToday(status: DaemonStatus | null, language: Language): Generator<string> {
  if (status?.team == null || status.team.todayUsd === null || status.team.asOf === null) return;
  const { l10n } = language;
  const { todayUsd, asOf } = status.team;
  const place: DashboardPlace = { view: "team" };
  const words = l10n.t("Team today: {0}", amount(language, todayUsd));
  yield `${link(words, commands.openDashboard, place)} · ${escapeMarkdown(l10n.t("as of {0}", timeOfDay(language, asOf)))}`;
}

function* health(
  status: DaemonStatus,
  { connection }: MeterState,
  { now }: StatusBarView,
  language: Language,
): Generator<string> {
  const { l10n } = language;
  for (const { provider, model, until } of status.openCircuits ?? []) {
    const whom = model === null ? provider : `${model} (${provider})`;
    const words = l10n.t(
      "Calls to {0} are stopped until {1}: too many failed.",
      whom,
      timeOfDay(language, until),
    );
    yield `$(circle-slash) ${escapeMarkdown(words)} ${link(l10n.t("Circuit Breakers…"), commands.switchCircuitBreakers)}`;
  }
  if (status.refusedCalls !== undefined) {
    const words = l10n.t(
      "Stopped before they left, since the daemon started: {0}.",
      count(language, status.refusedCalls),
    );
    const place: DashboardPlace = { view: "protection" };
    yield `$(circle-slash) ${link(words, commands.openDashboard, place)}`;
  }
  for (const warning of status.warnings) yield `$(warning) ${escapeMarkdown(warning)}`;
  const { date, stale } = status.priceCatalogue;
  if (stale) {
    const update = link(l10n.t("Update Prices…"), commands.updatePrices);
    yield `$(warning) ${l10n.t("The price catalogue is old.")} ${update}`;
  }
  const daemon =
    connection === "live"
      ? l10n.t("daemon {0} is running", status.version)
      : l10n.t("reconnecting to the daemon");
  const prices = l10n.t("prices of {0}, {1}", day(language, date), age(language, date, now));
  yield `${link(daemon, commands.runDoctor)} · ${link(prices, commands.updatePrices)}`;
}

function actions(state: MeterState, { l10n }: Language): string {
  if (isAway(state)) {
    return [
      link(l10n.t("Restart Daemon"), commands.restartDaemon),
      link(l10n.t("Run Doctor"), commands.runDoctor),
      link(l10n.t("Show Log"), commands.showLog),
    ].join(" · ");
  }
  return [
    link(l10n.t("Dashboard"), commands.openDashboard),
    link(l10n.t("Report"), commands.showReport),
    link(l10n.t("Set Budget…"), commands.setBudget),
    link(l10n.t("Period"), commands.switchStatusBarPeriod),
    link(l10n.t("Scope"), commands.switchStatusBarScope),
  ].join(" · ");
}

const LONGEST_NAME = 60;

function clip(name: string): string {
  return name.length <= LONGEST_NAME ? name : `${name.slice(0, LONGEST_NAME - 1)}…`;
}
