import type { Dimension } from "../../shared/dimensions.ts";
import type { Performance, PerformanceFigures } from "../../shared/performance.ts";
import { count, type Language, percentage, seconds } from "../language.ts";
import { escapeMarkdown, markdownTable } from "../markdown.ts";
import { dimensionInSentence, dimensionName } from "./dimensionNames.ts";
import { reportRange } from "./reportMarkdown.ts";
import type { ReportPeriod } from "./reportPeriods.ts";

const numberColumns = new Set([1, 2, 3, 4, 5, 6, 7, 8]);

/** How fast and how reliable the calls were, the busiest first. */
export function performanceMarkdown(
  answer: Performance,
  { dimension, period }: { dimension: Dimension; period: ReportPeriod },
  language: Language,
): string {
  const { l10n } = language;
  const title = `# ${escapeMarkdown(l10n.t("Performance by {0}", dimensionInSentence(dimension, language)))}`;
  const range = escapeMarkdown(reportRange(answer, period, language));
  if (answer.rows.length === 0) return [title, range, l10n.t("No calls in this period.")].join("\n\n");
  const header = [
    dimensionName(dimension, language),
    l10n.t("Calls"),
    l10n.t("p50"),
    l10n.t("p95"),
    l10n.t("p99"),
    l10n.t("First token p50"),
    l10n.t("Errors"),
    l10n.t("Aborted"),
    l10n.t("Retries"),
  ].map(escapeMarkdown);
  const rows = answer.rows.map((row) => [
    escapeMarkdown(row.key ?? l10n.t("none")),
    ...figures(row, language),
  ]);
  const all = [l10n.t("Total"), ...figures(answer.total, language)].map((cell) =>
    cell === "" ? "" : `**${cell}**`,
  );
  return [title, range, markdownTable(header, [...rows, all], numberColumns)].join("\n\n");
}

function figures(row: PerformanceFigures, language: Language): string[] {
  const time = (milliseconds: number | null) =>
    milliseconds === null ? "" : seconds(language, milliseconds);
  const rate = (part: number) =>
    part === 0 ? "0" : `${count(language, part)} (${percentage(language, (100 * part) / row.calls)})`;
  return [
    count(language, row.calls),
    time(row.durationP50Ms),
    time(row.durationP95Ms),
    time(row.durationP99Ms),
    time(row.firstTokenP50Ms),
    rate(row.errors),
    rate(row.aborted),
    rate(row.retries),
  ].map(escapeMarkdown);
}
