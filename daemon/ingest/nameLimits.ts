import type { StoredCall } from "../store/store.ts";

/**
 * Keeps names from becoming one value for each request, as where an id was put into a source: what comes beyond a day's
 * allowance is put together under one name, and told of.
 */
export interface NameLimits {
  limited(call: StoredCall): StoredCall;
  /** What is put together today, one sentence each, for a user to read. */
  warnings(): string[];
}

/** The one name for what is put together. */
export const OTHER = "(other)";

/** Different values a day. Nobody has as many routes, jobs or features, and as many rows can still be shown and summed. */
const MAX_VALUES = 1_000;
const MAX_LABEL_NAMES = 200;
const DAY_MS = 24 * 3_600_000;

const fields = {
  source: "sources",
  feature: "features",
  developer: "developers",
  gitBranch: "branches",
} as const;
type Field = keyof typeof fields;

interface Limit {
  values: Set<string>;
  /** Calls with a value beyond them. */
  calls: number;
}

export function createNameLimits(nowMs: () => number): NameLimits {
  let day = -1;
  let ofFields = noLimits();
  let ofLabels: Limit = { values: new Set(), calls: 0 };

  const startDay = () => {
    const today = Math.floor(nowMs() / DAY_MS);
    if (today === day) return;
    day = today;
    ofFields = noLimits();
    ofLabels = { values: new Set(), calls: 0 };
  };

  const limitedField = (field: Field, value: string): string => {
    if (isWithin(ofFields[field], value, MAX_VALUES)) return value;
    ofFields[field].calls += 1;
    return OTHER;
  };

  const limitedLabels = (attributes: StoredCall["attributes"]): StoredCall["attributes"] => {
    const names = Object.keys(attributes);
    const beyond = names.filter((name) => !isWithin(ofLabels, name, MAX_LABEL_NAMES));
    if (beyond.length === 0) return attributes;
    ofLabels.calls += 1;
    return Object.fromEntries(Object.entries(attributes).filter(([name]) => !beyond.includes(name)));
  };

  return {
    limited(call) {
      startDay();
      const source = call.source === null ? null : limitedField("source", call.source);
      return {
        ...call,
        source,
        sourceKind: source === call.source ? call.sourceKind : "custom",
        feature: call.feature === null ? null : limitedField("feature", call.feature),
        developer: limitedField("developer", call.developer),
        gitBranch: call.gitBranch === null ? null : limitedField("gitBranch", call.gitBranch),
        attributes: limitedLabels(call.attributes),
      };
    },
    warnings() {
      startDay();
      const sentences: string[] = [];
      for (const [field, words] of Object.entries(fields) as [Field, string][]) {
        const { calls } = ofFields[field];
        if (calls === 0) continue;
        sentences.push(
          `Today there were more than ${MAX_VALUES} different ${words}: ${calls} calls of further ones are put together as "${OTHER}". What differs from call to call belongs into labels.`,
        );
      }
      if (ofLabels.calls > 0) {
        sentences.push(
          `Today there were more than ${MAX_LABEL_NAMES} different names of labels: further ones were left out of ${ofLabels.calls} calls.`,
        );
      }
      return sentences;
    },
  };
}

function noLimits(): Record<Field, Limit> {
  const none = () => ({ values: new Set<string>(), calls: 0 });
  return { source: none(), feature: none(), developer: none(), gitBranch: none() };
}

function isWithin({ values }: Limit, value: string, most: number): boolean {
  if (values.has(value)) return true;
  if (values.size >= most) return false;
  values.add(value);
  return true;
}
