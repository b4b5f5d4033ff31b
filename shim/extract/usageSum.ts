import type { JsonObject, JsonValue } from "../../shared/call.ts";

/** Adds up the usage of many answers in one body (the results of a batch), for each model apart. */
export interface UsageSum {
  add(model: JsonValue | undefined, usage: JsonObject): void;
  /**
   * `{model, usage, largestInput}` of each model, in the order of their appearance: the last is what went in of the one answer
   * that had most, for long ones may have another price.
   */
  usages(): JsonObject[];
}

/** A batch names a few models; whoever names more is making them up. */
const MAX_MODELS = 32;
/** No provider tells of more. */
const MAX_MEMBERS = 100;

export function createUsageSum(): UsageSum {
  const sums = new Map<string | null, { usage: JsonObject; largestInput: number }>();
  return {
    add(model, usage) {
      const name = typeof model === "string" ? model : null;
      const sum = sums.get(name);
      const input = inputOf(usage);
      if (sum !== undefined) {
        sum.usage = addedUsage(sum.usage, usage);
        sum.largestInput = Math.max(sum.largestInput, input);
      } else if (sums.size < MAX_MODELS) sums.set(name, { usage, largestInput: input });
    },
    usages: () => [...sums].map(([model, sum]) => ({ ...(model === null ? {} : { model }), ...sum })),
  };
}

/** All figures that have it in their name: what was read from the cache or written to it went in as well. */
function inputOf(usage: JsonObject): number {
  return Object.entries(usage).reduce(
    (total, [name, value]) => total + (typeof value === "number" && name.includes("input") ? value : 0),
    0,
  );
}

/** Numbers are added up, and lists joined by what their items say of themselves; else the first that was said stands. */
function addedUsage(sum: JsonObject, usage: JsonObject): JsonObject {
  const added: JsonObject = { ...sum };
  if (Object.keys(added).length > MAX_MEMBERS) return added;
  for (const [name, value] of Object.entries(usage)) added[name] = addedValue(added[name], value);
  return added;
}

function addedValue(sum: JsonValue | undefined, value: JsonValue): JsonValue {
  if (sum === undefined || sum === null) return value;
  if (typeof sum === "number" && typeof value === "number") return sum + value;
  if (Array.isArray(sum) && Array.isArray(value)) return value.reduce(joinedItem, sum);
  if (isObject(sum) && isObject(value)) return addedUsage(sum, value);
  return sum;
}

function joinedItem(list: JsonValue[], item: JsonValue): JsonValue[] {
  if (!isObject(item)) return list;
  const kind = kindOf(item);
  const at = list.findIndex((each) => isObject(each) && kindOf(each) === kind);
  const known = list[at];
  if (isObject(known)) return list.with(at, addedUsage(known, item));
  return list.length < MAX_MODELS ? [...list, item] : list;
}

/** Its words (a type, a model), without its figures. */
function kindOf(item: JsonObject): string {
  return Object.values(item)
    .filter((value) => typeof value === "string")
    .join("\n");
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
