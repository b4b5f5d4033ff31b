import type { RepricedModel, RepriceInput, Repricing } from "../../shared/prices.ts";
import { addRepriced } from "../../shared/repricedModels.ts";
import type { DaemonConnection } from "./daemonConnection.ts";

/** All stretches of it together. */
export type WholeRepricing = Omit<Repricing, "nextCursor">;

/** Asks until the last stretch is done, and adds them up. */
export async function repriceAll(
  connection: Pick<DaemonConnection, "request">,
  input: RepriceInput,
): Promise<WholeRepricing> {
  const whole = { dryRun: input.dryRun ?? false, calls: 0, changedCalls: 0 };
  let models: RepricedModel[] = [];
  let cursor: string | null = null;
  do {
    const body: RepriceInput = cursor === null ? input : { ...input, cursor };
    const stretch: Repricing = await connection.request("reprice", { body });
    whole.calls += stretch.calls;
    whole.changedCalls += stretch.changedCalls;
    models = addRepriced(models, stretch.models);
    cursor = stretch.nextCursor;
  } while (cursor !== null);
  const size = ({ differenceUsd }: RepricedModel) => Math.abs(Number(differenceUsd));
  return { ...whole, models: models.sort((a, b) => size(b) - size(a)) };
}
