import { countIn, objectIn, sum } from "../fields.ts";
import type { FormatReader } from "./formatReader.ts";
import { readOpenaiChat } from "./openaiChat.ts";

/**
 * Conversations with agents: what connectors brought comes on top of the prompt, as the total shows.
 * https://docs.mistral.ai/agents/connectors/websearch
 */
export const readMistralConversation: FormatReader = (rawUsage) => {
  const reading = readOpenaiChat(rawUsage);
  const usage = objectIn(rawUsage, "usage");
  const inputTokens = sum(reading.usage.inputTokens, countIn(usage, "connector_tokens"));
  const webSearches = countIn(objectIn(usage, "connectors"), "web_search");
  return {
    ...reading,
    usage: {
      ...reading.usage,
      ...(inputTokens === undefined ? {} : { inputTokens }),
      ...(webSearches === undefined ? {} : { webSearches }),
    },
  };
};
