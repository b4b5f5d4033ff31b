import { setImmediate as turnOfEventLoop } from "node:timers/promises";
import { modelOf } from "../../shared/call.ts";
import { nanoUsdToDecimal } from "../../shared/money.ts";
import type { RepricedModel, Repricing } from "../../shared/prices.ts";
import type { Pricer } from "../pricing/pricer.ts";
import type { CallReplacement, RepricePiece, RepriceQuery, Store, StoredCall } from "../store/store.ts";
import { repricedCall } from "./repricedCall.ts";

/** Prices history again, for some seconds: see the route `reprice`. */
export type Reprice = (query: RepriceQuery & { dryRun: boolean }) => Promise<Repricing>;

export interface RepriceSurroundings {
  store: Pick<Store, "callsToReprice" | "replaceCalls">;
  pricer(): Promise<Pricer>;
  /** Calls have changed, after it is committed. */
  onCommitted(): void;
  monotonicMs(): number;
}

/** How long one request works: whoever asked should hear something, and may want to stop. */
const WORK_FOR_MS = 3_000;
/** How many calls are priced before others may have a turn. */
const CALLS_OF_A_TURN = 100;
/** How often a piece is read again in which calls changed meanwhile. */
const TRIES = 5;

/**
 * Reads the stored facts piece by piece and replaces what is priced otherwise today. Between pieces it lets everybody else
 * through. It keeps nothing in mind: stopped at any point, the rest is as it was, and a second run changes nothing.
 */
export function createReprice(surroundings: RepriceSurroundings): Reprice {
  const { store, pricer, onCommitted, monotonicMs } = surroundings;

  return async ({ dryRun, ...query }) => {
    const priced = await pricer();
    const until = monotonicMs() + WORK_FOR_MS;
    const differences = new Map<string, Difference>();
    let calls = 0;
    let changedCalls = 0;
    let cursor = query.cursor;
    for (;;) {
      const piece = await store.callsToReprice({ ...query, ...(cursor === undefined ? {} : { cursor }) });
      const replacements = dryRun
        ? await replacementsIn(piece.calls, priced)
        : await replaceAll(piece, { ...query, ...(cursor === undefined ? {} : { cursor }) }, priced);
      calls += piece.calls.length;
      changedCalls += replacements.length;
      for (const replacement of replacements) addTo(differences, replacement);
      cursor = piece.nextCursor ?? undefined;
      if (cursor === undefined || monotonicMs() >= until) break;
    }
    return { dryRun, calls, changedCalls, models: inOrder(differences), nextCursor: cursor ?? null };
  };

  /** Replaces what is to be replaced of a piece; what a report changed in the meantime is read and looked at again. */
  async function replaceAll(
    piece: RepricePiece,
    query: RepriceQuery,
    priced: Pricer,
  ): Promise<CallReplacement[]> {
    const done: CallReplacement[] = [];
    let { calls } = piece;
    for (let tried = 0; tried < TRIES; tried += 1) {
      const replacements = await replacementsIn(calls, priced);
      if (replacements.length === 0) break;
      const replaced = new Set(await store.replaceCalls(replacements));
      done.push(...replacements.filter(({ before }) => replaced.has(before.callId)));
      if (replaced.size > 0) onCommitted();
      if (replaced.size === replacements.length) break;
      ({ calls } = await store.callsToReprice(query));
    }
    return done;
  }
}

async function replacementsIn(calls: readonly StoredCall[], pricer: Pricer): Promise<CallReplacement[]> {
  const replacements: CallReplacement[] = [];
  for (const [index, before] of calls.entries()) {
    if (index % CALLS_OF_A_TURN === 0) await turnOfEventLoop();
    const after = repricedCall(before, pricer);
    if (after !== null) replacements.push({ before, after });
  }
  return replacements;
}

interface Difference extends Pick<RepricedModel, "provider" | "model" | "calls"> {
  oldNanoUsd: number;
  newNanoUsd: number;
  oldUnpricedCalls: number;
  newUnpricedCalls: number;
}

function addTo(differences: Map<string, Difference>, { before, after }: CallReplacement): void {
  const { provider } = before;
  const model = modelOf(before);
  const key = JSON.stringify([provider, model]);
  const difference = differences.get(key) ?? {
    provider,
    model,
    calls: 0,
    oldNanoUsd: 0,
    newNanoUsd: 0,
    oldUnpricedCalls: 0,
    newUnpricedCalls: 0,
  };
  difference.calls += 1;
  difference.oldNanoUsd += before.costNanoUsd ?? 0;
  difference.newNanoUsd += after.costNanoUsd ?? 0;
  difference.oldUnpricedCalls += Number(before.costNanoUsd === null);
  difference.newUnpricedCalls += Number(after.costNanoUsd === null);
  differences.set(key, difference);
}

function inOrder(differences: ReadonlyMap<string, Difference>): RepricedModel[] {
  const size = ({ oldNanoUsd, newNanoUsd }: Difference) => Math.abs(newNanoUsd - oldNanoUsd);
  return [...differences.values()]
    .sort((a, b) => size(b) - size(a))
    .map(({ oldNanoUsd, newNanoUsd, ...rest }) => ({
      ...rest,
      oldCostUsd: nanoUsdToDecimal(oldNanoUsd),
      newCostUsd: nanoUsdToDecimal(newNanoUsd),
      differenceUsd: nanoUsdToDecimal(newNanoUsd - oldNanoUsd),
    }));
}
