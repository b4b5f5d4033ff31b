import { parseBudgets, type SettingBudget } from "./budgets/budgetSetting.ts";
import { type SettingName, settings } from "./contributions.ts";

export const periods = ["session", "today", "week", "month"] as const;
export type Period = (typeof periods)[number];

export const scopes = ["workspace", "all"] as const;
export type Scope = (typeof scopes)[number];

export interface Settings {
  enabled: boolean;
  /** Host → provider, as in `TAXIMETER_PROVIDERS`. */
  providers: ReadonlyMap<string, string>;
  budgets: SettingBudget[];
  /** Whether calls to a model that fails again and again are stopped in this window's folders. */
  circuitBreaker: boolean;
  statusBarPeriod: Period;
  statusBarScope: Scope;
  /** What is wrong with what the user wrote, one sentence each; wrong entries are left out. */
  problems: string[];
}

/** Reads one raw setting, of whatever type the user wrote. */
export type RawSetting = (key: (typeof settings)[SettingName]) => unknown;

export function readSettings(raw: RawSetting): Settings {
  const problems: string[] = [];
  const read: { [Name in SettingName]: Settings[Name] } = {
    enabled: raw(settings.enabled) !== false,
    providers: parseProviders(raw(settings.providers), problems),
    budgets: parseBudgets(raw(settings.budgets), problems),
    circuitBreaker: raw(settings.circuitBreaker) === true,
    statusBarPeriod: oneOf(periods, raw(settings.statusBarPeriod), "today"),
    statusBarScope: oneOf(scopes, raw(settings.statusBarScope), "all"),
  };
  return { ...read, problems };
}

function oneOf<Value extends string>(values: readonly Value[], raw: unknown, otherwise: Value): Value {
  return values.find((value) => value === raw) ?? otherwise;
}

/** Entries that `TAXIMETER_PROVIDERS` could not carry are left out: a comma or an equals sign would forge another one. */
function parseProviders(raw: unknown, problems: string[]): ReadonlyMap<string, string> {
  const providers = new Map<string, string>();
  if (raw === undefined || raw === null) return providers;
  if (typeof raw !== "object" || Array.isArray(raw)) {
    problems.push('taximeter.providers must be an object such as { "localhost:11434": "ollama" }.');
    return providers;
  }
  for (const [host, provider] of Object.entries(raw)) {
    const fits =
      /^(\[[^\]\s,=]+\]|[^:=,\s]+)(:(\d+|\*))?$/.test(host) &&
      typeof provider === "string" &&
      /^[\w.-]+$/.test(provider);
    if (fits) providers.set(host, provider);
    else problems.push(`taximeter.providers: "${host}" is no host with the name of a provider.`);
  }
  return providers;
}

/** The map as `TAXIMETER_PROVIDERS` writes it, or `null` where there is nothing to say. */
export function providersVariable(providers: ReadonlyMap<string, string>): string | null {
  if (providers.size === 0) return null;
  return [...providers].map(([host, provider]) => `${host}=${provider}`).join(",");
}
