import type { BudgetState } from "../../shared/budgets.ts";
import { messageOf } from "../../shared/messageOf.ts";
import { decimalToNanoUsd } from "../../shared/money.ts";
import {
  type BreakerSettings,
  type HardBudget,
  type OpenCircuit,
  PROTECTION_VERSION,
  type WorstPrices,
} from "../../shared/protection.ts";
import type { ProtectionFiles } from "./protectionFiles.ts";

export interface ProtectionSurroundings {
  files: ProtectionFiles;
  /** Where budgets stand, with all that is stored by now. */
  budgets(): Promise<BudgetState[]>;
  breakers(): BreakerSettings;
  openCircuits(): OpenCircuit[];
  worstPrices(): Promise<WorstPrices>;
  /** What lay in the spool before this instant is stored (ms since the epoch), or `null`. */
  spoolTakenAtMs(): number | null;
  nowMs(): number;
  log(line: string): void;
}

/** Keeps the files that hard stops and breakers work by, in the processes that make calls. */
export interface ProtectionKeeper {
  /** Something of it has changed: it is written within a moment. */
  changed(): void;
  pricesChanged(): void;
  /** Resolves once the files say what holds by now: who switched something on may count on it. */
  inForce(): Promise<void>;
  /** Writes what is still to be written. */
  close(): Promise<void>;
}

/** A burst of calls is written about once. */
const EVERY_MS = 150;

export function createProtectionKeeper(around: ProtectionSurroundings): ProtectionKeeper {
  let timer: NodeJS.Timeout | null = null;
  let writtenAtMs = Number.NEGATIVE_INFINITY;
  let hasPrices = false;
  let closed = false;
  /** One at a time: of two that cross, the older might come to lie on top. */
  let writing: Promise<void> = Promise.resolve();

  const write = () => {
    timer = null;
    writtenAtMs = performance.now();
    writing = writing.then(writeNow).catch((error) => {
      around.log(`protection: ${messageOf(error)}`);
    });
  };

  async function writeNow() {
    // Taken before the figures: what is stored from here on may or may not be in them.
    const asOf = new Date(around.nowMs()).toISOString();
    const spoolMs = around.spoolTakenAtMs();
    const budgets = (await around.budgets()).filter(({ hardStop }) => hardStop).map(hardBudget);
    const breakers = around.breakers();
    if (budgets.length === 0 && !isAnyOn(breakers)) {
      hasPrices = false;
      await around.files.remove();
      return;
    }
    if (budgets.length > 0 && !hasPrices) {
      await around.files.writePrices(await around.worstPrices());
      hasPrices = true;
    }
    await around.files.writeState({
      version: PROTECTION_VERSION,
      asOf,
      spoolAsOf: spoolMs === null ? null : new Date(spoolMs).toISOString(),
      budgets,
      breakers,
      open: isAnyOn(breakers) ? around.openCircuits() : [],
    });
  }

  const changed = () => {
    if (closed || timer !== null) return;
    timer = setTimeout(write, Math.max(0, writtenAtMs + EVERY_MS - performance.now()));
  };

  return {
    changed,
    pricesChanged() {
      hasPrices = false;
      changed();
    },
    inForce() {
      if (timer !== null) clearTimeout(timer);
      if (!closed) write();
      return writing;
    },
    async close() {
      closed = true;
      if (timer !== null) {
        clearTimeout(timer);
        write();
      }
      await writing;
    },
  };
}

function isAnyOn({ everywhere, workspaces }: BreakerSettings): boolean {
  return everywhere || Object.values(workspaces).includes(true);
}

function hardBudget(budget: BudgetState): HardBudget {
  const { id, period, scope, limitUsd, spentUsd, periodStart, periodEnd } = budget;
  return {
    id,
    period,
    scope,
    limitNanoUsd: decimalToNanoUsd(limitUsd) ?? 0,
    spentNanoUsd: decimalToNanoUsd(spentUsd) ?? 0,
    startsAt: periodStart,
    endsAt: periodEnd,
  };
}
