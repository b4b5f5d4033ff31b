import { countIn, objectIn, usageOf } from "../fields.ts";
import type { FormatReader } from "./formatReader.ts";
import { readingOf } from "./reading.ts";

/** Jina bills a page or a search by the tokens that it hands out. https://jina.ai/reader */
export const readJinaReader: FormatReader = (rawUsage) =>
  readingOf({
    usage: usageOf({ outputTokens: countIn(objectIn(objectIn(rawUsage, "meta"), "usage"), "tokens") }),
  });
