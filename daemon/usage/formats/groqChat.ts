import { isObject, objectIn } from "../fields.ts";
import type { FormatReader } from "./formatReader.ts";
import { readOpenaiChat } from "./openaiChat.ts";

/** OpenAI's words, of which a stream may have the usage within `x_groq` alone. https://console.groq.com/docs/api-reference */
export const readGroqChat: FormatReader = (rawUsage) =>
  readOpenaiChat(
    isObject(rawUsage["usage"])
      ? rawUsage
      : { ...rawUsage, usage: objectIn(objectIn(rawUsage, "x_groq"), "usage") },
  );
