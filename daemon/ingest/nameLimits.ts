import { callSiteName, modelOf } from "../../shared/call.ts";
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

/** Different values a day. Nobody has as many routes, jobs or models, and as many rows can still be shown and summed. */
const MAX_VALUES = 1_000;
const MAX_LABEL_NAMES = 200;
const DAY_MS = 24 * 3_600_000;

const fields = {
  source: "sources",
  feature: "features",
  developer: "developers",
  gitBranch: "branches",
  workspace: "workspaces",
  provider: "providers",
  model: "models",
  callSite: "call sites",
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

  const limitedName = (field: Field, value: string | null) =>
    value === null ? null : limitedField(field, value);

  /** What has a price is in a list of prices, and so are not too many. */
  const limitedModel = (call: StoredCall): StoredCall["requestModel"] => {
    const model = call.priceKey === null ? modelOf(call) : null;
    return limitedName("model", model) === model ? call.requestModel : OTHER;
  };

  /** A place in code that nobody wrote can't be put together with others: there is no such line. */
  const limitedCallSite = ({ callSite }: StoredCall): StoredCall["callSite"] =>
    callSite === null || limitedField("callSite", callSiteName(callSite)) !== OTHER ? callSite : null;

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
      const source = limitedName("source", call.source);
      return {
        ...call,
        source,
        sourceKind: source === call.source ? call.sourceKind : "custom",
        feature: limitedName("feature", call.feature),
        developer: limitedField("developer", call.developer),
        gitBranch: limitedName("gitBranch", call.gitBranch),
        workspace: limitedName("workspace", call.workspace),
        provider: limitedField("provider", call.provider),
        requestModel: limitedModel(call),
        callSite: limitedCallSite(call),
        attributes: limitedLabels(call.attributes),
      };
    },
    warnings() {
      startDay();
      const sentences: string[] = [];
      for (const [field, words] of Object.entries(fields) as [Field, string][]) {
        const { calls } = ofFields[field];
        if (calls === 0) continue;
        const outcome = field === "callSite" ? "have none" : `are put together as "${OTHER}"`;
        sentences.push(
          `Today there were more than ${MAX_VALUES} different ${words}: ${calls} calls of further ones ${outcome}. What differs from call to call belongs into labels.`,
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
  return {
    source: none(),
    feature: none(),
    developer: none(),
    gitBranch: none(),
    workspace: none(),
    provider: none(),
    model: none(),
    callSite: none(),
  };
}

function isWithin({ values }: Limit, value: string, most: number): boolean {
  if (values.has(value)) return true;
  if (values.size >= most) return false;
  values.add(value);
  return true;
}
