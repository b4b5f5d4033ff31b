import type { Conversations } from "../../shared/conversations.ts";
import type { ModelShare } from "../../shared/spend.ts";
import { amount, count, dayAndTime, type Language, percentage } from "../language.ts";
import { escapeMarkdown, markdownTable } from "../markdown.ts";
import { reportRange } from "./reportMarkdown.ts";
import type { ReportPeriod } from "./reportPeriods.ts";

const numberColumns = new Set([1, 2, 3]);

/** The conversations that cost most, and which models they were held with. */
export function conversationsMarkdown(
  answer: Conversations,
  period: ReportPeriod,
  language: Language,
): string {
  const { l10n } = language;
  const title = `# ${l10n.t("Top conversations")}`;
  const range = escapeMarkdown(reportRange(answer, period, language));
  if (answer.conversations.length === 0) {
    const how = l10n.t(
      "No calls of a conversation in this period. Your code names it: withAttributes({ conversationId }, …).",
    );
    return [title, range, escapeMarkdown(how)].join("\n\n");
  }
  const header = [
    l10n.t("Conversation"),
    l10n.t("Spend"),
    l10n.t("Calls"),
    l10n.t("Cost of a call"),
    l10n.t("Last call"),
    l10n.t("Models"),
  ].map(escapeMarkdown);
  const rows = answer.conversations.map((conversation) => {
    const { conversationId, costUsd, calls, unpricedCalls, lastStartedAt, models } = conversation;
    const known = calls > unpricedCalls;
    return [
      escapeMarkdown(conversationId),
      escapeMarkdown(amount(language, known ? costUsd : null)),
      count(language, calls),
      known ? escapeMarkdown(amount(language, String(Number(costUsd) / (calls - unpricedCalls)))) : "",
      escapeMarkdown(dayAndTime(language, lastStartedAt, answer.timeZone)),
      escapeMarkdown(distribution(models, language)),
    ];
  });
  const shown =
    answer.count > rows.length
      ? [l10n.t("{0} of {1} conversations.", count(language, rows.length), count(language, answer.count))]
      : [];
  return [title, range, markdownTable(header, rows, numberColumns), ...shown].join("\n\n");
}

/** `gpt-4o 80%, gpt-4o-mini 20%`: of the calls. */
function distribution(models: readonly ModelShare[], language: Language): string {
  const all = models.reduce((sum, { calls }) => sum + calls, 0);
  return models
    .map(({ model, calls }) => {
      const name = model ?? language.l10n.t("not named");
      return models.length === 1 ? name : `${name} ${percentage(language, (100 * calls) / all)}`;
    })
    .join(", ");
}
