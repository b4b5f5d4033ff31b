import type { BudgetState } from "../../shared/budgets.ts";
import type { MeterState } from "../daemon/meterState.ts";
import { count, type Language } from "../language.ts";
import type { Period } from "../settings.ts";
import { type StatusBarView, spentFigure, spentInPeriod } from "./statusBarView.ts";
import { statusBarTooltip } from "./tooltip.ts";

export interface StatusBarModel {
  text: string;
  /** Markdown, in which everything from outside is escaped. */
  tooltip: string;
  /** What a screen reader says. */
  label: string;
  /** Only a budget of one's own colours the item: what all of a team spends is no alarm for each of it. */
  background: "warning" | "error" | null;
}

const EXCEEDED_PERCENT = 100;

/** `fill` gives the figure its width in the text; what is spoken has none. */
export function statusBarModel(
  state: MeterState,
  view: StatusBarView,
  language: Language,
  fill: (figure: string) => string = (figure) => figure,
): StatusBarModel {
  const budgets = budgetsInView(state.budgets, view.workspaceFolders);
  const { icon, words } = statusText(state, view.period, language, fill);
  const spoken = statusText(state, view.period, language, (figure) => figure).words;
  return {
    text: `$(${icon}) ${words}`,
    tooltip: statusBarTooltip({ ...state, budgets }, view, language),
    label: spokenLabel(state, spoken, language),
    background: state.stopped ? null : budgetBackground(budgets.filter(({ team }) => !team)),
  };
}

/** A budget of another project's folder does not concern this window. To a team a project is the folder's name. */
function budgetsInView(budgets: readonly BudgetState[], workspaceFolders: readonly string[]): BudgetState[] {
  const isOpen = (value: string, team: boolean) =>
    workspaceFolders.some((folder) => folder === value || (team && folder.split(/[/\\]/).at(-1) === value));
  return budgets.filter(
    ({ scope, team }) => scope?.dimension !== "workspace" || isOpen(scope.value, team === true),
  );
}

function statusText(
  state: MeterState,
  period: Period,
  language: Language,
  fill: (figure: string) => string,
): { icon: "pulse" | "debug-pause" | "debug-disconnect"; words: string } {
  const { l10n } = language;
  if (state.stopped) return { icon: "debug-disconnect", words: l10n.t("Taximeter: daemon stopped") };
  if (state.connection === "lost") {
    return { icon: "debug-disconnect", words: l10n.t("Taximeter: daemon not answering") };
  }
  if (state.status === null) return { icon: "pulse", words: l10n.t("Taximeter starting…") };
  const figure = state.spend === null ? "…" : spentFigure(state.spend.total, language);
  const spent = spentInPeriod(fill(figure), period, language);
  if (state.status.recording === false) {
    return { icon: "debug-pause", words: l10n.t("{0}, paused", spent) };
  }
  if (state.spend?.total.calls === 0) {
    return { icon: "pulse", words: l10n.t("{0}, no calls yet", spent) };
  }
  return { icon: "pulse", words: spent };
}

function spokenLabel(state: MeterState, words: string, language: Language): string {
  const calls = state.spend?.total.calls;
  if (calls === undefined || state.stopped || state.connection === "lost") return words;
  if (calls === 0) return language.l10n.t("AI spend: {0}", words);
  if (calls === 1) return language.l10n.t("AI spend: {0}, 1 call", words);
  return language.l10n.t("AI spend: {0}, {1} calls", words, count(language, calls));
}

function budgetBackground(budgets: readonly BudgetState[]): StatusBarModel["background"] {
  if (budgets.some(({ percent }) => percent >= EXCEEDED_PERCENT)) return "error";
  return budgets.some((budget) => budget.percent >= lastWarningPercent(budget)) ? "warning" : null;
}

/** The last threshold before a budget is used up; of one that warns no earlier there is none. */
function lastWarningPercent({ thresholds }: BudgetState): number {
  const below = thresholds.filter((threshold) => threshold < EXCEEDED_PERCENT);
  return below.length === 0 ? EXCEEDED_PERCENT : Math.max(...below);
}
