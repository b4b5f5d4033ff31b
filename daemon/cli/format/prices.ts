import { sumUsd } from "../../../shared/money.ts";
import type { Prices, RepricedModel, UnpricedModel } from "../../../shared/prices.ts";
import {
  type KnownOverride,
  type ListedPrice,
  type PriceAmounts,
  type PriceCatalogue,
  type PriceField,
  priceFields,
  priceName,
} from "../../../shared/prices.ts";
import type { WholeRepricing } from "../../client/repriceAll.ts";
import { alignAmounts, formatCost } from "./amounts.ts";
import { counted, formatCount } from "./numbers.ts";
import { renderTable } from "./table.ts";
import { plainText } from "./text.ts";
import type { Theme } from "./theme.ts";

/** What an amount is for, in a few words. */
const fieldWords: Readonly<Record<PriceField, string>> = {
  inputUsdPerMillion: "in",
  outputUsdPerMillion: "out",
  cacheReadUsdPerMillion: "cache read",
  cacheWriteUsdPerMillion: "cache write",
  cacheWrite1hUsdPerMillion: "cache write 1 h",
  reasoningUsdPerMillion: "reasoning",
  inputAudioUsdPerMillion: "audio in",
  outputAudioUsdPerMillion: "audio out",
  cacheReadAudioUsdPerMillion: "audio cache read",
  inputImageUsdPerMillion: "image in",
  outputImageUsdPerMillion: "image out",
  cacheReadImageUsdPerMillion: "image cache read",
  inputVideoUsdPerMillion: "video in",
  outputVideoUsdPerMillion: "video out",
  characterUsdPerMillion: "characters",
  webSearchUsd: "web search",
  fileSearchUsd: "file search",
  requestUsd: "request",
  creditUsd: "credit",
  secondUsd: "second",
  imageUsd: "image",
  pageUsd: "page",
};

/** `in 3, out 12 (dollars a million); request $0.005`. */
export function amountsText(amounts: PriceAmounts): string {
  const present = priceFields.flatMap((field) => {
    const amount = amounts[field];
    return amount === undefined ? [] : [{ field, amount }];
  });
  const perMillion = present.filter(({ field }) => field.endsWith("PerMillion"));
  const each = present.filter(({ field }) => !field.endsWith("PerMillion"));
  const millions = perMillion.map(({ field, amount }) => `${fieldWords[field]} ${plainNumber(amount)}`);
  return [
    ...(millions.length === 0 ? [] : [`${millions.join(", ")} (dollars a million)`]),
    ...each.map(({ field, amount }) => `${fieldWords[field]} $${plainNumber(amount)}`),
  ].join("; ");
}

/** Without an exponent, however small. */
function plainNumber(amount: number): string {
  return amount.toLocaleString("en-US", { maximumFractionDigits: 12, useGrouping: false });
}

/** `0.1.8 of 2026-09-23, 59 days old`. */
export function catalogueText({ version, date, ageDays }: PriceCatalogue): string {
  return `${version} of ${date}, ${counted(ageDays, "day")} old`;
}

export function renderPrices(prices: Prices, theme: Theme, columns: number): string[] {
  const { catalogue, overrides, unpriced, warnings } = prices;
  const lines = [
    `${theme.faint("catalogue")}  ${catalogueText(catalogue)}, ${catalogue.origin === "file" ? "from a file" : "built in"}`,
  ];
  if (catalogue.stale) {
    lines.push(
      theme.warning(
        `It is older than ${catalogue.staleAfterDays} days: prices may have changed. Newer ones: taximeter prices update FILE`,
      ),
    );
  }
  lines.push(...warnings.map((warning) => theme.warning(plainText(warning))));
  if (overrides.length > 0) lines.push("", ...renderOverrides(overrides, theme, columns));
  if (unpriced.length > 0) lines.push("", ...renderUnpriced(unpriced, theme, columns));
  return lines;
}

export function renderOverrides(
  overrides: readonly KnownOverride[],
  theme: Theme,
  columns: number,
): string[] {
  return renderTable<KnownOverride>(
    [
      { header: "your own", align: "left", cell: (override) => plainText(priceName(override)) },
      { header: "price", align: "left", cell: amountsText },
      { header: "for", align: "left", cell: ({ workspace }) => plainText(workspace ?? "all calls") },
    ],
    overrides,
    { columns, headerMark: theme.faint },
  );
}

export function renderListed(listed: readonly ListedPrice[], theme: Theme, columns: number): string[] {
  const rows = listed.flatMap((price) => [
    { ...price, above: "" },
    ...price.tiers.map(({ aboveInputTokens, amounts }) => ({
      ...price,
      amounts,
      above: `above ${formatCount(aboveInputTokens)} tokens`,
    })),
  ]);
  return renderTable(
    [
      { header: "sold by", align: "left", cell: ({ provider }) => plainText(provider) },
      { header: "key", align: "left", cell: ({ key }) => plainText(key) },
      {
        header: "price",
        align: "left",
        cell: ({ free, lowerBound, amounts }) =>
          free ? "free" : `${lowerBound ? "at least " : ""}${amountsText(amounts)}`,
      },
      { header: "", align: "left", cell: ({ above }) => above },
      { header: "version", align: "left", cell: ({ version }) => plainText(version), mark: theme.faint },
    ],
    rows,
    { columns, headerMark: theme.faint },
  );
}

export function renderUnpriced(models: readonly UnpricedModel[], theme: Theme, columns: number): string[] {
  return [
    ...renderTable(
      [
        { header: "no price", align: "left", cell: (model) => plainText(priceName(model)) },
        { header: "calls", align: "right", cell: ({ calls }) => formatCount(calls) },
        {
          header: "tokens",
          align: "right",
          cell: ({ inputTokens, outputTokens }) =>
            `${formatCount(inputTokens)} → ${formatCount(outputTokens)}`,
        },
      ],
      models,
      { columns, headerMark: theme.faint },
    ),
    theme.faint("Give one a price: taximeter prices set NAME --input 3 --output 12"),
  ];
}

export function renderRepricing(repricing: WholeRepricing, theme: Theme, columns: number): string[] {
  const { models, changedCalls } = repricing;
  if (changedCalls === 0) return repricedText(repricing);
  const costs = (of: (model: RepricedModel) => string | null) => {
    const texts = alignAmounts(models.map(of));
    return new Map(models.map((model, index) => [model, texts[index] ?? ""]));
  };
  const before = costs(oldCost);
  const after = costs(newCost);
  const difference = costs(({ differenceUsd }) => differenceUsd);
  return [
    ...renderTable(
      [
        { header: "model", align: "left", cell: (model) => plainText(priceName(model)) },
        { header: "calls", align: "right", cell: ({ calls }) => formatCount(calls) },
        { header: "before", align: "right", cell: (model) => before.get(model) ?? "" },
        { header: "after", align: "right", cell: (model) => after.get(model) ?? "" },
        { header: "difference", align: "right", cell: (model) => difference.get(model) ?? "" },
        { header: "", align: "left", cell: unpricedText, mark: theme.warning },
      ],
      models,
      { columns, headerMark: theme.faint },
    ),
    "",
    ...repricedText(repricing),
  ];
}

/** `null` where none of the calls had a price: that is not $0.00. */
function oldCost({ calls, oldCostUsd, oldUnpricedCalls }: RepricedModel): string | null {
  return oldUnpricedCalls === calls ? null : oldCostUsd;
}

function newCost({ calls, newCostUsd, newUnpricedCalls }: RepricedModel): string | null {
  return newUnpricedCalls === calls ? null : newCostUsd;
}

function sumText(costs: readonly (string | null)[]): string {
  const known = costs.filter((cost) => cost !== null);
  return formatCost(known.length === 0 ? null : sumUsd(...known));
}

/** How many calls had no price before, and have none still. */
function unpricedText({ oldUnpricedCalls, newUnpricedCalls }: RepricedModel): string {
  if (oldUnpricedCalls === 0 && newUnpricedCalls === 0) return "";
  return `without a price: ${formatCount(oldUnpricedCalls)} before, ${formatCount(newUnpricedCalls)} after`;
}

/** What repricing did, or would do, in a sentence. */
export function repricedText({ dryRun, calls, changedCalls, models }: WholeRepricing): string[] {
  if (calls === 0) return ["No recorded call is concerned."];
  if (changedCalls === 0) return [`${counted(calls, "call")} looked at: nothing to change.`];
  const before = sumText(models.map(oldCost));
  const after = sumText(models.map(newCost));
  return dryRun
    ? [
        `${counted(changedCalls, "call")} of ${formatCount(calls)} would change, from ${before} to ${after}.`,
        "Do it by: taximeter prices reprice",
      ]
    : [`${counted(changedCalls, "call")} of ${formatCount(calls)} priced again, from ${before} to ${after}.`];
}
