import { type SharedDetail, sharedDetails, type TeamShareKind, teamShares } from "../shared/team.ts";
import { parseTeamUrl } from "../shared/teamUrl.ts";
import { parseBudgets, type SettingBudget } from "./budgets/budgetSetting.ts";
import { type SettingName, settings } from "./contributions.ts";
import type { TeamSetting } from "./team/teamSync.ts";

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
  /** Of a team's database, `null` where none is named. */
  teamUrl: string | null;
  teamShare: TeamShareKind;
  teamDetails: SharedDetail[];
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
    teamUrl: parseUrl(raw(settings.teamUrl), problems),
    teamShare: oneOf(teamShares, raw(settings.teamShare), "rollups"),
    teamDetails: someOf(sharedDetails, raw(settings.teamDetails)),
    statusBarPeriod: oneOf(periods, raw(settings.statusBarPeriod), "today"),
    statusBarScope: oneOf(scopes, raw(settings.statusBarScope), "all"),
  };
  return { ...read, problems };
}

function oneOf<Value extends string>(values: readonly Value[], raw: unknown, otherwise: Value): Value {
  return values.find((value) => value === raw) ?? otherwise;
}

function someOf<Value extends string>(values: readonly Value[], raw: unknown): Value[] {
  return values.filter((value) => Array.isArray(raw) && raw.includes(value));
}

function parseUrl(raw: unknown, problems: string[]): string | null {
  if (typeof raw !== "string" || raw.trim() === "") return null;
  const parsed = parseTeamUrl(raw);
  if (parsed.ok) return parsed.url;
  // What is wrong with it may be a token in it: the text itself is not for the log.
  problems.push(`taximeter.team.url ${parsed.problem}.`);
  return null;
}

/** What the settings say of the team. */
export function teamSetting({ teamUrl, teamShare, teamDetails }: Settings): TeamSetting {
  return { url: teamUrl, share: { kind: teamShare, details: teamDetails } };
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
