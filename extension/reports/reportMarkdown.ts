import type { Dimension } from "../../shared/dimensions.ts";
import type { UnpricedModel } from "../../shared/prices.ts";
import type { ResolvedRange } from "../../shared/range.ts";
import type { Spend, SpendTotals } from "../../shared/spend.ts";
import { amount, callCount, count, knownLocale, type Language, percentage, seconds } from "../language.ts";
import { escapeMarkdown, markdownTable } from "../markdown.ts";
import { dimensionInSentence, dimensionName } from "./dimensionNames.ts";
import { type ReportPeriod, reportPeriodName } from "./reportPeriods.ts";

const numberColumns = new Set([1, 2, 3, 4, 5, 6, 7]);

/** A spend as a document: one row a value of the dimension, and the sum of all. */
export function spendMarkdown(
  spend: Spend,
  { dimension, period }: { dimension: Dimension; period: ReportPeriod },
  language: Language,
): string {
  const { l10n } = language;
  const name = dimensionName(dimension, language);
  const title = `# ${escapeMarkdown(l10n.t("AI spend by {0}", dimensionInSentence(dimension, language)))}`;
  const range = reportRange(spend, period, language);
  if (spend.rows.length === 0)
    return [title, escapeMarkdown(range), l10n.t("No calls in this period.")].join("\n\n");
  const header = [
    name,
    l10n.t("Spend"),
    l10n.t("Share"),
    l10n.t("Calls"),
    l10n.t("Tokens in"),
    l10n.t("Tokens out"),
    l10n.t("Errors"),
    l10n.t("p95"),
  ].map(escapeMarkdown);
  const rows = spend.rows.map((row) => [
    escapeMarkdown(row.key ?? (dimension === "source" ? l10n.t("unattributed") : l10n.t("none"))),
    ...figures(row, spend.total, language),
  ]);
  const sum = [l10n.t("Total"), ...figures(spend.total, spend.total, language)].map((cell) => `**${cell}**`);
  return [
    title,
    escapeMarkdown(range),
    markdownTable(header, [...rows, sum], numberColumns),
    ...notes(spend.total, language),
  ].join("\n\n");
}

function figures(row: SpendTotals, total: SpendTotals, language: Language): string[] {
  const blind = row.calls > 0 && row.unpricedCalls === row.calls;
  const share = Number(row.costUsd) / Number(total.costUsd);
  return [
    escapeMarkdown(amount(language, blind ? null : row.costUsd)),
    blind || Number.isNaN(share) ? "" : percentage(language, 100 * share),
    count(language, row.calls),
    count(language, row.inputTokens),
    count(language, row.outputTokens),
    count(language, row.errors),
    row.durationP95Ms === null ? "" : seconds(language, row.durationP95Ms),
  ];
}

/** What the sum does not hold. */
function notes(total: SpendTotals, language: Language): string[] {
  const { l10n } = language;
  const told: [number, (calls: string) => string][] = [
    [total.unpricedCalls, (calls) => l10n.t("{0} without a price: not in the total.", calls)],
    [total.incompleteCalls, (calls) => l10n.t("{0} only partly priced: the total is a lower bound.", calls)],
    [total.estimatedCalls, (calls) => l10n.t("{0} estimated.", calls)],
    [total.aborted, (calls) => l10n.t("{0} aborted.", calls)],
  ];
  return told.filter(([calls]) => calls > 0).map(([calls, say]) => `- ${say(callCount(language, calls))}`);
}

/** `Today, Nov 21, 2026`: the period, and its days in the daemon's time zone. */
export function reportRange(range: ResolvedRange, period: ReportPeriod, language: Language): string {
  return `${reportPeriodName(period, language)}, ${days(range, language)}`;
}

/** `to` is exclusive, so the last day is that of the instant before. */
function days({ from, to, timeZone }: ResolvedRange, { locale }: Language): string {
  const format = new Intl.DateTimeFormat(knownLocale(locale), { dateStyle: "medium", timeZone });
  return format.formatRange(Date.parse(from), Date.parse(to) - 1);
}

export function unpricedMarkdown(models: readonly UnpricedModel[], language: Language): string {
  const { l10n } = language;
  const title = `# ${l10n.t("Models without a price")}`;
  if (models.length === 0) return [title, l10n.t("Every call has a price.")].join("\n\n");
  const header = [l10n.t("Provider"), l10n.t("Model"), l10n.t("Calls")];
  const rows = models.map(({ provider, model, calls }) => [
    escapeMarkdown(provider),
    escapeMarkdown(model ?? l10n.t("not named")),
    count(language, calls),
  ]);
  const remark = l10n.t(
    "Their tokens are recorded, their cost is unknown and in no total and no budget. Give them one by the command “Set Price of a Model…”, and what was recorded is priced as well.",
  );
  return [title, remark, markdownTable(header, rows, new Set([2]))].join("\n\n");
}
