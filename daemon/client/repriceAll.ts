import { decimalToNanoUsd, nanoUsdToDecimal } from "../../shared/money.ts";
import type { RepricedModel, RepriceInput, Repricing } from "../../shared/prices.ts";
import type { DaemonConnection } from "./daemonConnection.ts";

/** All stretches of it together. */
export type WholeRepricing = Omit<Repricing, "nextCursor">;

/** Asks until the last stretch is done, and adds them up. */
export async function repriceAll(
  connection: Pick<DaemonConnection, "request">,
  input: RepriceInput,
): Promise<WholeRepricing> {
  const whole = { dryRun: input.dryRun ?? false, calls: 0, changedCalls: 0 };
  const models = new Map<string, RepricedModel>();
  let cursor: string | null = null;
  do {
    const body: RepriceInput = cursor === null ? input : { ...input, cursor };
    const stretch: Repricing = await connection.request("reprice", { body });
    whole.calls += stretch.calls;
    whole.changedCalls += stretch.changedCalls;
    for (const model of stretch.models) {
      const key = JSON.stringify([model.provider, model.model]);
      const known = models.get(key);
      models.set(key, known === undefined ? model : added(known, model));
    }
    cursor = stretch.nextCursor;
  } while (cursor !== null);
  const size = ({ differenceUsd }: RepricedModel) => Math.abs(Number(differenceUsd));
  return { ...whole, models: [...models.values()].sort((a, b) => size(b) - size(a)) };
}

function added(a: RepricedModel, b: RepricedModel): RepricedModel {
  return {
    ...a,
    calls: a.calls + b.calls,
    oldCostUsd: sumOf(a.oldCostUsd, b.oldCostUsd),
    newCostUsd: sumOf(a.newCostUsd, b.newCostUsd),
    differenceUsd: sumOf(a.differenceUsd, b.differenceUsd),
    oldUnpricedCalls: a.oldUnpricedCalls + b.oldUnpricedCalls,
    newUnpricedCalls: a.newUnpricedCalls + b.newUnpricedCalls,
  };
}

/** Of decimal strings, without floating point. */
export function sumOf(...amounts: readonly string[]): string {
  return nanoUsdToDecimal(amounts.reduce((sum, amount) => sum + (decimalToNanoUsd(amount) ?? 0), 0));
}
