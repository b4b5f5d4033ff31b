import type { BudgetPeriod, BudgetScope } from "./budgets.ts";

/**
 * Content of `protection.json`, which the daemon keeps in `TAXIMETER_HOME` while a hard stop or a breaker is on, and which
 * the shim goes by, whether the daemon runs or not.
 */
export interface ProtectionState {
  version: typeof PROTECTION_VERSION;
  /** What was stored before this instant is counted below. ISO 8601. */
  asOf: string;
  /** What lay in the spool before this instant is counted below; `null`: nothing of it may be. */
  spoolAsOf: string | null;
  budgets: HardBudget[];
  breakers: BreakerSettings;
  /** Circuits that all processes together have opened. */
  open: OpenCircuit[];
}

export const PROTECTION_VERSION = 1;

/** A budget with a hard stop, and what was spent of it from `startsAt` to `endsAt` (exclusive). */
export interface HardBudget {
  id: string;
  period: BudgetPeriod;
  scope: BudgetScope | null;
  limitNanoUsd: number;
  spentNanoUsd: number;
  startsAt: string;
  endsAt: string;
}

/** Where breakers are on: by default, and in workspaces (absolute paths) of which it was said otherwise. */
export interface BreakerSettings {
  everywhere: boolean;
  workspaces: Record<string, boolean>;
}

export const noBreakers: BreakerSettings = { everywhere: false, workspaces: {} };

/** A circuit that lets no call through until `until`, ISO 8601. */
export interface OpenCircuit {
  provider: string;
  model: string | null;
  until: string;
}

export function breakersAreOn(
  { everywhere, workspaces }: BreakerSettings,
  workspace: string | null,
): boolean {
  const said = workspace !== null && Object.hasOwn(workspaces, workspace) ? workspaces[workspace] : undefined;
  return said ?? everywhere;
}

/** Content of `protection-prices.json`: what a call may cost at most, by provider as the shim names it. */
export interface WorstPrices {
  version: typeof PROTECTION_VERSION;
  providers: Record<string, WorstProviderPrices>;
}

/** `most`: the highest among the provider's models, for those that are not listed. Models are in lower case. */
export interface WorstProviderPrices {
  most: WorstPrice;
  models: Record<string, WorstPrice>;
}

/** In nano-dollars, whole or not: for a token of input, for a token of output, and for the call beside its tokens. */
export type WorstPrice = [input: number, output: number, call: number];

/** One provider's model, as circuit breakers see it: see docs/protection.md. */
export interface CircuitState {
  provider: string;
  model: string | null;
  state: "closed" | "open" | "half-open";
  /** Of the last minute, where it is closed; else 0. */
  calls: number;
  failures: number;
  /** When a call is let through again, where it is open. */
  until: string | null;
}

export interface Breakers {
  settings: BreakerSettings;
  circuits: CircuitState[];
}

/** `workspace` (absolute path): in this one; without or `null`: everywhere but where it was said otherwise. */
export interface BreakerInput {
  enabled: boolean;
  workspace?: string | null;
}
