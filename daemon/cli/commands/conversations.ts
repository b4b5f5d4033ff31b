import { Command } from "commander";
import type { CommandContext } from "../context.ts";
import { renderConversations } from "../format/conversations.ts";
import { printJson, printLines } from "../print.ts";
import { addSelection, parseCount, type SelectionOptions, selectionQuery } from "../selection.ts";

interface ConversationsOptions extends SelectionOptions {
  limit: number;
  json?: true;
}

/** `taximeter conversations`: those that cost most, with their models. */
export function conversationsCommand(context: CommandContext): Command {
  const command = new Command("conversations").description(
    "the conversations that cost most, with their models",
  );
  return addSelection(command, "today")
    .option("--limit <n>", "at most so many, up to 1,000", parseCount, 20)
    .option("--json", "as JSON: {count, conversations, models, total}")
    .action(async ({ limit, json, ...selection }: ConversationsOptions) => {
      const query = { ...selectionQuery(selection, "today"), limit };
      const answer = await context.connect().request("conversations", { query });
      if (json) printJson(context, answer);
      else {
        const nowMs = context.now().getTime();
        printLines(context, renderConversations(answer, context.theme, context.out.size().columns, nowMs));
      }
    });
}
