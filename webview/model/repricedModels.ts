import { decimalToNanoUsd, nanoUsdToDecimal } from "../../shared/money.ts";
import type { RepricedModel } from "../../shared/prices.ts";

/** What two stretches of repricing changed together, model by model. */
export function addRepriced(
  before: readonly RepricedModel[],
  added: readonly RepricedModel[],
): RepricedModel[] {
  const sums = new Map(before.map((model) => [keyOf(model), model]));
  for (const model of added) {
    const sum = sums.get(keyOf(model));
    sums.set(keyOf(model), sum === undefined ? model : together(sum, model));
  }
  return [...sums.values()];
}

/** What changed over all models, USD; may be negative. */
export function differenceUsd(models: readonly RepricedModel[]): string {
  return models.reduce((sum, model) => plus(sum, model.differenceUsd), "0");
}

function keyOf({ provider, model }: RepricedModel): string {
  return JSON.stringify([provider, model]);
}

function together(a: RepricedModel, b: RepricedModel): RepricedModel {
  return {
    provider: a.provider,
    model: a.model,
    calls: a.calls + b.calls,
    oldCostUsd: plus(a.oldCostUsd, b.oldCostUsd),
    newCostUsd: plus(a.newCostUsd, b.newCostUsd),
    differenceUsd: plus(a.differenceUsd, b.differenceUsd),
    oldUnpricedCalls: a.oldUnpricedCalls + b.oldUnpricedCalls,
    newUnpricedCalls: a.newUnpricedCalls + b.newUnpricedCalls,
  };
}

function plus(a: string, b: string): string {
  return nanoUsdToDecimal((decimalToNanoUsd(a) ?? 0) + (decimalToNanoUsd(b) ?? 0));
}
