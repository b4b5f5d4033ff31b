import type { Conversation, Conversations } from "../../shared/conversations.ts";
import type { ModelShare } from "../../shared/spend.ts";
import { t } from "../localisation/t.ts";
import { assignSlots, SLOTS } from "./colourSlots.ts";
import { callsInWords, spendWords } from "./costWords.ts";
import { keyWords } from "./dimensionWords.ts";
import type { FiguresColumn, FiguresRow } from "./figuresTable.ts";
import type { Formats } from "./formats.ts";

/** A model's part of a bar. */
export interface ModelPart {
  label: string;
  slot: number;
  /** Of the bar, 0 to 1: of what was spent, or of the calls where nothing was. */
  share: number;
  title: string;
}

export function conversationColumns(): FiguresColumn[] {
  return [
    { name: "key", label: t("Conversation") },
    { name: "spend", label: t("Spend") },
    { name: "calls", label: t("Calls") },
    { name: "tokens", label: t("Tokens"), least: true },
    { name: "models", label: t("Models"), least: true },
    { name: "began", label: t("Began"), least: true },
    { name: "last", label: t("Last call") },
  ];
}

export function conversationRow(conversation: Conversation, formats: Formats): FiguresRow {
  const { conversationId, calls, inputTokens, outputTokens, firstStartedAt, lastStartedAt } = conversation;
  const spend = spendWords(conversation, formats);
  const instant = (at: string) => ({ text: formats.dayAndClock(at), order: at, dim: true });
  return {
    id: conversationId,
    label: conversationId,
    title: conversationId,
    cells: {
      spend: {
        text: spend.text,
        order: Number(conversation.costUsd),
        title: spend.note,
        money: spend.known,
        dim: !spend.known,
      },
      calls: { text: formats.count(calls), order: calls },
      tokens: { text: formats.compact(inputTokens + outputTokens), order: inputTokens + outputTokens },
      models: { text: formats.count(conversation.models.length), order: conversation.models.length },
      began: instant(firstStartedAt),
      last: instant(lastStartedAt),
    },
  };
}

/** Models have one colour each, those that cost most over all conversations; the rest share one. */
export function modelSlots({ models }: Conversations): Map<string | null, number> {
  return assignSlots(
    models.map(({ model }) => model),
    new Map(),
  );
}

export function modelParts(
  models: readonly ModelShare[],
  slots: ReadonlyMap<string | null, number>,
  formats: Formats,
): ModelPart[] {
  const spent = models.reduce((sum, { costUsd }) => sum + Number(costUsd), 0);
  const calls = models.reduce((sum, share) => sum + share.calls, 0);
  return models.map((share) => {
    const part = spent > 0 ? Number(share.costUsd) / spent : calls > 0 ? share.calls / calls : 0;
    const label = keyWords("model", share.model);
    const cost =
      share.unpricedCalls >= share.calls && share.calls > 0 ? t("no price") : formats.usd(share.costUsd);
    return {
      label,
      slot: slots.get(share.model) ?? SLOTS,
      share: part,
      title: `${label}: ${cost} · ${callsInWords(share.calls, formats)} · ${formats.percent(part)}`,
    };
  });
}
