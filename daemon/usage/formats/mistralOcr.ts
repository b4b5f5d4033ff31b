import { countIn, objectIn, textIn, usageOf } from "../fields.ts";
import type { FormatReader } from "./formatReader.ts";
import { readingOf } from "./reading.ts";

/** Mistral reads documents by the page. https://docs.mistral.ai/api/endpoint/ocr */
export const readMistralOcr: FormatReader = (rawUsage) =>
  readingOf({
    responseModel: textIn(rawUsage, "model"),
    usage: usageOf({ pages: countIn(objectIn(rawUsage, "usage_info"), "pages_processed") }),
  });
