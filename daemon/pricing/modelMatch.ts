import type { MatchLogic } from "@pydantic/genai-prices";

/** What is needed of an entry of the catalogue to know it by name. */
export interface NamedModel {
  id: string;
  match: MatchLogic;
}

/**
 * The end of a name that says which issue of a model it is: `-latest`, `-20250929`, `-2025-08-07`, `@20250514`, `-001`,
 * `-preview`, `-preview-05-06`, `-preview-09-2025`.
 */
const issue = /(?:-preview)?(?:[-@](?:latest|20\d{6}|20\d{2}-\d{2}-\d{2}|\d{2}-20\d{2}|\d{2}-\d{2}|\d{3}))?$/;

/** `ft:BASE:ORGANISATION:NAME:ID`: OpenAI's fine-tuned models are billed by their base. */
const fineTuned = /^(ft:[^:]+)(?::[^:]*){1,3}$/;

/**
 * The model of a catalogue that a name means: by its id or one of its aliases, else as a dated issue of it. The catalogue
 * itself matches by prefixes and substrings, by which `claude-sonnet-5-6` would take the price of `claude-sonnet-5`; here
 * a prefix only matches where nothing but an issue follows. `undefined` rather than a guess.
 */
export function findModel<Model extends NamedModel>(
  models: readonly Model[],
  name: string,
): Model | undefined {
  const wanted = name.toLowerCase();
  const base = fineTuned.exec(wanted)?.[1];
  return (
    models.find((model) => aliases(model.match).some((alias) => alias.exact(wanted))) ??
    models.find((model) => model.id.toLowerCase() === wanted) ??
    models.find((model) => aliases(model.match).some((alias) => alias.issueOf(base ?? wanted)))
  );
}

/** The names that a condition spells out. */
export function namesIn(match: MatchLogic): string[] {
  if ("or" in match) return match.or.flatMap(namesIn);
  if ("equals" in match) return [match.equals];
  return "starts_with" in match ? [match.starts_with] : [];
}

interface Alias {
  exact(name: string): boolean;
  issueOf(name: string): boolean;
}

/** A catalogue's condition as names. Alternatives are names each; of several conditions at once every one must hold. */
function aliases(match: MatchLogic): Alias[] {
  if ("or" in match) return match.or.flatMap(aliases);
  if ("and" in match) {
    const parts = match.and.map((part) => ({ names: aliases(part), holds: condition(part) }));
    const names = parts.flatMap((part) => part.names);
    const all = (name: string) => parts.every((part) => part.holds(name));
    return names.map(({ exact, issueOf }) => ({
      exact: (name) => exact(name) && all(name),
      issueOf: (name) => issueOf(name) && all(name),
    }));
  }
  if ("regex" in match) {
    // A pattern that spells out the whole name is an alias; an open one says nothing by itself.
    const whole = /^\^(?!\(\?!).*\$$/.test(match.regex);
    return whole ? [{ exact: condition(match), issueOf: () => false }] : [];
  }
  if ("equals" in match) {
    const alias = match.equals.toLowerCase();
    return [{ exact: (name) => name === alias, issueOf: () => false }];
  }
  const alias = literal(match).toLowerCase();
  return [{ exact: (name) => name === alias, issueOf: (name) => isIssueOf(name, alias) }];
}

/** Older bases of fine-tuned models are dated by month and day alone: `ft:gpt-3.5-turbo-0125`. */
const issueOfBase = /-\d{4}$/;

/** Whether a name is the alias and, after it, nothing but an issue, of which the alias may spell the beginning. */
function isIssueOf(name: string, alias: string): boolean {
  const base = name.startsWith("ft:") ? issueOfBase.exec(name)?.[0] : undefined;
  const issueLength = (base ?? issue.exec(name)?.[0] ?? "").length;
  return name.startsWith(alias) && name.length - issueLength <= alias.length;
}

function literal(match: { starts_with: string } | { ends_with: string } | { contains: string }): string {
  if ("starts_with" in match) return match.starts_with;
  return "ends_with" in match ? match.ends_with : match.contains;
}

/** The condition itself, as the catalogue means it. */
function condition(match: MatchLogic): (name: string) => boolean {
  if ("or" in match) return (name) => match.or.some((part) => condition(part)(name));
  if ("and" in match) return (name) => match.and.every((part) => condition(part)(name));
  if ("regex" in match) {
    const pattern = new RegExp(match.regex);
    return (name) => pattern.test(name);
  }
  if ("equals" in match) return (name) => name === match.equals.toLowerCase();
  if ("starts_with" in match) return (name) => name.startsWith(match.starts_with.toLowerCase());
  if ("ends_with" in match) return (name) => name.endsWith(match.ends_with.toLowerCase());
  return (name) => name.includes(match.contains.toLowerCase());
}
