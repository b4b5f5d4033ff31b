import { countIn, textIn, usageOf } from "../fields.ts";
import type { FormatReader } from "./formatReader.ts";
import { readingOf } from "./reading.ts";

/** Ollama counts what it evaluated, of the prompt and of its answer. https://docs.ollama.com/api/usage */
export const readOllama: FormatReader = (rawUsage) =>
  readingOf({
    responseModel: textIn(rawUsage, "model"),
    usage: usageOf({
      inputTokens: countIn(rawUsage, "prompt_eval_count"),
      outputTokens: countIn(rawUsage, "eval_count"),
    }),
  });
