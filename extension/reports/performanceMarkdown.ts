import type { Dimension } from "../../shared/dimensions.ts";
import type { Spend, SpendTotals } from "../../shared/spend.ts";
import { amount, count, type Language, percentage, seconds } from "../language.ts";
import { escapeMarkdown, markdownTable } from "../markdown.ts";
import { dimensionInSentence, dimensionName } from "./dimensionNames.ts";
import { reportRange } from "./reportMarkdown.ts";
import type { ReportPeriod } from "./reportPeriods.ts";

const numberColumns = new Set([1, 2, 3, 4, 5, 6, 7]);

/** How fast and how reliable the calls were, by busiest first. Times are within 10 % of the true ones. */
export function performanceMarkdown(
  spend: Spend,
  { dimension, period }: { dimension: Dimension; period: ReportPeriod },
  language: Language,
): string {
  const { l10n } = language;
  const title = `# ${escapeMarkdown(l10n.t("Performance by {0}", dimensionInSentence(dimension, language)))}`;
  const range = escapeMarkdown(reportRange(spend, period, language));
  if (spend.rows.length === 0) return [title, range, l10n.t("No calls in this period.")].join("\n\n");
  const header = [
    dimensionName(dimension, language),
    l10n.t("Calls"),
    l10n.t("p50"),
    l10n.t("p95"),
    l10n.t("Errors"),
    l10n.t("Aborted"),
    l10n.t("Retries"),
    l10n.t("Cost of retries"),
  ].map(escapeMarkdown);
  const rows = [...spend.rows]
    .sort((a, b) => b.calls - a.calls)
    .map((row) => [escapeMarkdown(row.key ?? l10n.t("none")), ...figures(row, language)]);
  const all = [l10n.t("Total"), ...figures(spend.total, language)].map((cell) =>
    cell === "" ? "" : `**${cell}**`,
  );
  return [title, range, markdownTable(header, [...rows, all], numberColumns)].join("\n\n");
}

function figures(row: SpendTotals, language: Language): string[] {
  const rate = (part: number) =>
    part === 0 ? "0" : `${count(language, part)} (${percentage(language, (100 * part) / row.calls)})`;
  return [
    count(language, row.calls),
    row.durationP50Ms === null ? "" : seconds(language, row.durationP50Ms),
    row.durationP95Ms === null ? "" : seconds(language, row.durationP95Ms),
    rate(row.errors),
    rate(row.aborted),
    rate(row.retries),
    Number(row.retryCostUsd) === 0 ? "" : amount(language, row.retryCostUsd),
  ].map(escapeMarkdown);
}
