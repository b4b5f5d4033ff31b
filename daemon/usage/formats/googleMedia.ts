import { countIn, objectIn, textIn, usageOf } from "../fields.ts";
import type { FormatReader } from "./formatReader.ts";
import { readingOf } from "./reading.ts";

/** Imagen is billed by the picture. https://ai.google.dev/gemini-api/docs/imagen */
export const readGoogleImages: FormatReader = (rawUsage) =>
  readingOf({ usage: usageOf({ images: countIn(objectIn(rawUsage, "itemCounts"), "predictions") }) });

/** Veo is billed by the second, and nowhere says how many there were. https://ai.google.dev/gemini-api/docs/video */
export const readGoogleVideo: FormatReader = (rawUsage) =>
  readingOf({ responseId: textIn(rawUsage, "name"), usage: {} });
