import { sumUsd } from "./money.ts";
import type { RepricedModel } from "./prices.ts";

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

function keyOf({ provider, model }: RepricedModel): string {
  return JSON.stringify([provider, model]);
}

function together(a: RepricedModel, b: RepricedModel): RepricedModel {
  return {
    ...a,
    calls: a.calls + b.calls,
    oldCostUsd: sumUsd(a.oldCostUsd, b.oldCostUsd),
    newCostUsd: sumUsd(a.newCostUsd, b.newCostUsd),
    differenceUsd: sumUsd(a.differenceUsd, b.differenceUsd),
    oldUnpricedCalls: a.oldUnpricedCalls + b.oldUnpricedCalls,
    newUnpricedCalls: a.newUnpricedCalls + b.newUnpricedCalls,
  };
}
