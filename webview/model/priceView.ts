import { type PriceAmounts, type PriceField, type PriceOverride, priceFields } from "../../shared/prices.ts";
import { typedUsd } from "../../shared/typedUsd.ts";
import { t } from "../localisation/t.ts";
import type { Formats } from "./formats.ts";

interface FieldWords {
  /** What it is a price of. */
  name: string;
  /** Of how many: "1M tokens". */
  per: string;
}

const million = t("1M tokens");

export const fieldWords: Record<PriceField, FieldWords> = {
  inputUsdPerMillion: { name: t("Input"), per: million },
  outputUsdPerMillion: { name: t("Output"), per: million },
  cacheReadUsdPerMillion: { name: t("Cache read"), per: million },
  cacheWriteUsdPerMillion: { name: t("Cache write"), per: million },
  cacheWrite1hUsdPerMillion: { name: t("Cache write, 1 hour"), per: million },
  reasoningUsdPerMillion: { name: t("Reasoning"), per: million },
  inputAudioUsdPerMillion: { name: t("Audio in"), per: million },
  outputAudioUsdPerMillion: { name: t("Audio out"), per: million },
  cacheReadAudioUsdPerMillion: { name: t("Audio from cache"), per: million },
  inputImageUsdPerMillion: { name: t("Images in"), per: million },
  outputImageUsdPerMillion: { name: t("Images out"), per: million },
  cacheReadImageUsdPerMillion: { name: t("Images from cache"), per: million },
  inputVideoUsdPerMillion: { name: t("Video in"), per: million },
  outputVideoUsdPerMillion: { name: t("Video out"), per: million },
  characterUsdPerMillion: { name: t("Characters"), per: t("1M characters") },
  webSearchUsd: { name: t("Web search"), per: t("search") },
  fileSearchUsd: { name: t("File search"), per: t("search") },
  requestUsd: { name: t("Request"), per: t("request") },
  creditUsd: { name: t("Credit"), per: t("credit") },
  secondUsd: { name: t("Second"), per: t("second") },
  imageUsd: { name: t("Image"), per: t("image") },
  pageUsd: { name: t("Page"), per: t("page") },
};

/** What most models are priced by; the form shows the others on demand. */
export const firstFields: readonly PriceField[] = ["inputUsdPerMillion", "outputUsdPerMillion"];
export const furtherFields: readonly PriceField[] = priceFields.filter(
  (field) => !firstFields.includes(field),
);

/** "Input $3.00, Output $15.00 per 1M tokens" as pairs, in the order of the fields. */
export function amountWords(amounts: PriceAmounts, formats: Formats): { name: string; price: string }[] {
  return priceFields.flatMap((field) => {
    const amount = amounts[field];
    if (amount === undefined) return [];
    const { name, per } = fieldWords[field];
    return [{ name, price: t("{0} / {1}", formats.usd(amount.toFixed(9)), per) }];
  });
}

/** What was typed into the form, by field; the empty text is nothing. */
export type TypedAmounts = { [Field in PriceField]?: string };

/** The price that was typed, or which field is none, or `null` where nothing was typed at all. */
export function readAmounts(typed: TypedAmounts): { amounts: PriceAmounts } | { wrong: PriceField } | null {
  const amounts: PriceAmounts = {};
  for (const field of priceFields) {
    const text = (typed[field] ?? "").trim();
    if (text === "") continue;
    const amount = amountOf(text);
    if (amount === null) return { wrong: field };
    amounts[field] = amount;
  }
  return Object.keys(amounts).length === 0 ? null : { amounts };
}

/** With a point or a comma before the places, a dollar sign or none. */
function amountOf(text: string): number | null {
  const plain = typedUsd(text);
  if (plain === null || !/^\d{1,6}(\.\d{1,12})?$/.test(plain)) return null;
  return Number(plain);
}

/** `acme-ultra` of acme; what a provider bills without a model in words. */
export function pricedWords({ provider, model }: Pick<PriceOverride, "provider" | "model">): string {
  return model ?? t("{0}, calls without a model", provider);
}
