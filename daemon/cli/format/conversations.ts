import type { Conversations } from "../../../shared/conversations.ts";
import type { ModelShare, SpendTotals } from "../../../shared/spend.ts";
import { alignAmounts } from "./amounts.ts";
import { counted, formatCount } from "./numbers.ts";
import { remarks, rowCost } from "./spend.ts";
import { renderTable } from "./table.ts";
import { plainText } from "./text.ts";
import type { Theme } from "./theme.ts";
import { formatInstant, formatRange } from "./time.ts";

interface Line {
  name: string;
  totals: SpendTotals;
  last: string;
  models: string;
  cost: string;
}

/** The conversations for a terminal: a title, a table, and what its figures leave out. */
export function renderConversations(
  answer: Conversations,
  theme: Theme,
  terminalColumns: number,
  nowMs: number,
): string[] {
  const { conversations, count, models, total, timeZone } = answer;
  const range = formatRange(answer, nowMs);
  const title = `${theme.strong("Conversations")}  ${theme.faint(`${range}, ${timeZone}`)}`;
  if (count === 0) return [title, "", "No calls of a conversation in this time."];
  const costs = alignAmounts([...conversations.map(rowCost), rowCost(total)]);
  const lines: Line[] = conversations.map((conversation, index) => ({
    name: plainText(conversation.conversationId),
    totals: conversation,
    last: formatInstant(conversation.lastStartedAt, timeZone),
    models: modelsText(conversation.models),
    cost: costs[index] ?? "",
  }));
  lines.push({
    name: counted(count, "conversation", "conversations"),
    totals: total,
    last: "",
    models: modelsText(models),
    cost: costs.at(-1) ?? "",
  });
  const table = renderTable<Line>(
    [
      { header: "conversation", align: "left", cell: ({ name }) => name },
      { header: "calls", align: "right", cell: ({ totals }) => formatCount(totals.calls) },
      { header: "input", align: "right", cell: ({ totals }) => formatCount(totals.inputTokens) },
      { header: "output", align: "right", cell: ({ totals }) => formatCount(totals.outputTokens) },
      { header: "cost", align: "right", cell: ({ cost }) => cost },
      { header: "last call", align: "left", cell: ({ last }) => last, mark: theme.faint },
      { header: "models", align: "left", cell: (line) => line.models },
    ],
    lines,
    { columns: terminalColumns, headerMark: theme.faint },
  );
  return [title, "", ...table, ...remarks(total).flatMap((remark) => ["", theme.faint(remark)])];
}

const MAX_MODELS = 3;

/** `gpt-4o-mini 80 %, claude-haiku-4-5 20 %`: shares of the calls. */
function modelsText(models: readonly ModelShare[]): string {
  const calls = models.reduce((sum, share) => sum + share.calls, 0);
  const named = models
    .slice(0, MAX_MODELS)
    .map((share) => `${plainText(share.model ?? "none")} ${Math.round((share.calls / calls) * 100)} %`);
  const more = models.length - named.length;
  return [...named, ...(more > 0 ? [`${more} more`] : [])].join(", ");
}
