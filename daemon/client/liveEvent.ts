import type { LiveEvent, LiveEventName } from "../../shared/live.ts";

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === "string";
const isNumber: Check = (value) => typeof value === "number";
const isTextOrNull: Check = (value) => value === null || isText(value);
const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
const shape =
  (fields: Readonly<Record<string, Check>>): Check =>
  (value) => {
    if (typeof value !== "object" || value === null) return false;
    const known = value as Record<string, unknown>;
    return Object.entries(fields).every(([name, check]) => check(known[name]));
  };

const totals = { calls: isNumber, costUsd: isText, unpricedCalls: isNumber };
const isSpend = shape({
  from: isText,
  to: isText,
  total: shape(totals),
  topSources: listOf(shape({ ...totals, key: isTextOrNull })),
});
const isCalls = listOf(shape({ callId: isText, startedAt: isText, provider: isText, costUsd: isTextOrNull }));
const isBudgets = listOf(
  shape({ id: isText, period: isText, limitUsd: isText, spentUsd: isText, percent: isNumber }),
);
const isStatus = shape({
  version: isText,
  pid: isNumber,
  recording: (value) => typeof value === "boolean",
  priceCatalogue: shape({ date: isText }),
  warnings: listOf(isText),
});

const events: Record<LiveEventName, Check> = {
  snapshot: shape({ spend: isSpend, budgets: isBudgets, status: isStatus, recentCalls: isCalls }),
  spend: isSpend,
  call: shape({ calls: isCalls }),
  budget: shape({ budgets: isBudgets }),
  health: isStatus,
};

/** A daemon that is proved may still be of another making. `message` is for a user. */
export class NotUnderstoodError extends Error {
  override name = "NotUnderstoodError";
  constructor() {
    super("What the daemon says is not understood here. Update Taximeter, or restart the daemon.");
  }
}

/**
 * Reads one event of the live stream; `null` where only a newer daemon knows its name. Throws
 * `NotUnderstoodError` where it is not of the shape that is shown.
 */
export function parseLiveEvent(name: string, text: string): LiveEvent | null {
  if (!isEventName(name)) return null;
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    data = undefined;
  }
  if (!events[name](data)) throw new NotUnderstoodError();
  // The border: what is shown was checked above, the rest is the daemon's own, which has proved itself.
  return { type: name, data } as LiveEvent;
}

function isEventName(name: string): name is LiveEventName {
  return Object.hasOwn(events, name);
}
