import type { ApiError, ApiResponse } from "../../shared/api.ts";
import type { LiveEvent, LiveEventName } from "../../shared/live.ts";
import type { WebviewRouteName } from "../../shared/messages.ts";

/** The dashboard's border: what the daemon or the extension sends is looked at here once, and trusted inside. */

type Json = Record<string, unknown>;

export function isRecord(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isTotals(value: unknown): boolean {
  return isRecord(value) && typeof value["calls"] === "number" && typeof value["costUsd"] === "string";
}

function isRange(value: Json): boolean {
  return (
    typeof value["from"] === "string" &&
    typeof value["to"] === "string" &&
    typeof value["timeZone"] === "string"
  );
}

function isCall(value: unknown): boolean {
  return (
    isRecord(value) &&
    typeof value["callId"] === "string" &&
    typeof value["startedAt"] === "string" &&
    typeof value["provider"] === "string" &&
    isRecord(value["usage"])
  );
}

function isBudget(value: unknown): boolean {
  return isRecord(value) && typeof value["id"] === "string" && typeof value["percent"] === "number";
}

function isStatus(value: unknown): boolean {
  return isRecord(value) && typeof value["activeRuns"] === "number" && Array.isArray(value["warnings"]);
}

function isFigures(value: unknown): boolean {
  return isRecord(value) && typeof value["calls"] === "number" && typeof value["errors"] === "number";
}

function isModelShare(value: unknown): boolean {
  return isRecord(value) && typeof value["calls"] === "number" && typeof value["costUsd"] === "string";
}

function isCostLine(value: unknown): boolean {
  return isRecord(value) && typeof value["field"] === "string" && typeof value["count"] === "number";
}

function isOverride(value: unknown): boolean {
  return isRecord(value) && typeof value["provider"] === "string" && typeof value["file"] === "string";
}

function isBreakers(value: unknown): boolean {
  return (
    isRecord(value) &&
    isRecord(value["settings"]) &&
    isRecord(value["settings"]["workspaces"]) &&
    isListOf(value["circuits"], (circuit) => isRecord(circuit) && typeof circuit["provider"] === "string")
  );
}

function isListOf(value: unknown, item: (value: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(item);
}

const answerShapes: { [Name in WebviewRouteName]: (body: Json) => boolean } = {
  spend: (body) => isRange(body) && isTotals(body["total"]) && isListOf(body["rows"], isTotals),
  series: (body) =>
    isRange(body) &&
    Array.isArray(body["buckets"]) &&
    isListOf(
      body["series"],
      (line) => isRecord(line) && Array.isArray(line["costUsd"]) && Array.isArray(line["calls"]),
    ),
  performance: (body) =>
    isRange(body) &&
    Array.isArray(body["buckets"]) &&
    isFigures(body["total"]) &&
    isListOf(body["rows"], isFigures) &&
    isListOf(body["overTime"], isFigures),
  conversations: (body) =>
    isRange(body) &&
    typeof body["count"] === "number" &&
    isTotals(body["total"]) &&
    isListOf(body["models"], isModelShare) &&
    isListOf(
      body["conversations"],
      (one) => isTotals(one) && isRecord(one) && isListOf(one["models"], isModelShare),
    ),
  teamSpend: (body) =>
    isRange(body) &&
    isTotals(body["total"]) &&
    isListOf(body["rows"], isTotals) &&
    isRecord(body["freshness"]),
  teamSeries: (body) =>
    isRange(body) &&
    Array.isArray(body["days"]) &&
    isListOf(
      body["series"],
      (line) => isRecord(line) && Array.isArray(line["costUsd"]) && Array.isArray(line["calls"]),
    ),
  teamMembers: (body) =>
    isListOf(body["members"], (member) => isRecord(member) && Array.isArray(member["machines"])),
  calls: (body) => isListOf(body["calls"], isCall),
  call: (body) =>
    isCall(body["call"]) && isListOf(body["attempts"], isCall) && isListOf(body["cost"], isCostLine),
  prices: (body) =>
    isRecord(body["catalogue"]) &&
    typeof body["catalogue"]["date"] === "string" &&
    isListOf(body["overrides"], isOverride) &&
    isListOf(
      body["unpriced"],
      (model) =>
        isRecord(model) && typeof model["provider"] === "string" && typeof model["calls"] === "number",
    ) &&
    Array.isArray(body["warnings"]),
  setPrice: isOverride,
  removePrice: (body) => typeof body["removed"] === "boolean",
  reprice: (body) =>
    typeof body["calls"] === "number" &&
    typeof body["changedCalls"] === "number" &&
    isListOf(body["models"], (model) => isRecord(model) && typeof model["differenceUsd"] === "string"),
  breakers: isBreakers,
  setBreakers: isBreakers,
  budgets: (body) => isListOf(body["budgets"], isBudget),
  setBudget: isBudget,
  removeBudget: (body) => typeof body["removed"] === "boolean",
  status: isStatus,
};

/** The body as an answer of the route, or `null` where it is none. */
export function readAnswer<Name extends WebviewRouteName>(
  route: Name,
  body: unknown,
): ApiResponse<Name> | null {
  return isRecord(body) && answerShapes[route](body) ? (body as ApiResponse<Name>) : null;
}

/** The daemon's own words on what went wrong, where the body has them. */
export function readError(body: unknown): ApiError | null {
  if (!isRecord(body) || typeof body["error"] !== "string") return null;
  return typeof body["field"] === "string"
    ? { error: body["error"], field: body["field"] }
    : { error: body["error"] };
}

const eventShapes: { [Name in LiveEventName]: (data: Json) => boolean } = {
  snapshot: (data) =>
    isRecord(data["spend"]) &&
    isTotals(data["spend"]["total"]) &&
    isListOf(data["budgets"], isBudget) &&
    isStatus(data["status"]) &&
    isListOf(data["recentCalls"], isCall),
  spend: (data) => isRange(data) && isTotals(data["total"]),
  call: (data) => isListOf(data["calls"], isCall),
  budget: (data) => isListOf(data["budgets"], isBudget),
  health: isStatus,
};

export const liveEventNames = Object.keys(eventShapes) as LiveEventName[];

/** A live event from its name and data, or `null` where it is none. */
export function readLiveEvent(type: unknown, data: unknown): LiveEvent | null {
  const name = liveEventNames.find((known) => known === type);
  if (name === undefined || !isRecord(data) || !eventShapes[name](data)) return null;
  return { type: name, data } as unknown as LiveEvent;
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
