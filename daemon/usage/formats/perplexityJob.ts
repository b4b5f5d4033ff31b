import { textIn } from "../fields.ts";
import type { FormatReader } from "./formatReader.ts";
import { readPerplexityChat } from "./perplexityChat.ts";
import { endOf } from "./reading.ts";

/**
 * Chats that are answered later. The id is that of the work: the answer's own is left out.
 * https://docs.perplexity.ai/api-reference/async-chat-completions-post
 */
export const readPerplexityJob: FormatReader = (rawUsage) => {
  const status = textIn(rawUsage, "status");
  return {
    ...readPerplexityChat(rawUsage),
    unfinished: status === "CREATED" || status === "IN_PROGRESS",
    ...endOf(status),
  };
};
