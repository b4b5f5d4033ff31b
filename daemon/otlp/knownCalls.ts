import { type Likeness, twinOf } from "./twins.ts";

/** Calls among which spans find theirs, indexed, for there are thousands of both. */
export interface KnownCalls {
  get(callId: string): Likeness | undefined;
  /** A later one replaces an earlier one of the same call. */
  add(call: Likeness): void;
  /** See `twinOf`. */
  twinOf(report: Likeness, isFree: (call: Likeness) => boolean): Likeness | null;
}

/** So many calls at once that are alike in model and tokens and have no id are looked through, the latest first. */
const MAX_ALIKE = 500;
const NO_TOKENS = "none";

export function createKnownCalls(): KnownCalls {
  const byCallId = new Map<string, Likeness>();
  const byResponseId = new Map<string, Likeness>();
  /** By model, then by tokens. */
  const named = new Map<string, Map<string, Likeness[]>>();
  const nameless = new Map<string, Map<string, Likeness[]>>();

  function* alike(index: Map<string, Map<string, Likeness[]>>, report: Likeness): Iterable<Likeness> {
    for (const model of report.models) {
      const ofModel = index.get(model);
      if (ofModel === undefined) continue;
      const lists = report.hasUsage
        ? [ofModel.get(tokensOf(report)) ?? [], ofModel.get(NO_TOKENS) ?? []]
        : ofModel.values();
      for (const list of lists) {
        for (const call of list.slice(-MAX_ALIKE)) if (byCallId.get(call.callId) === call) yield call;
      }
    }
  }

  function* candidates(report: Likeness): Iterable<Likeness> {
    yield* alike(nameless, report);
    // Where both have an id, that alone decides.
    if (report.responseId === null) yield* alike(named, report);
  }

  return {
    get: (callId) => byCallId.get(callId),
    add(call) {
      byCallId.set(call.callId, call);
      if (call.responseId !== null) byResponseId.set(call.responseId, call);
      const index = call.responseId === null ? nameless : named;
      for (const model of call.models) listIn(mapIn(index, model), tokensOf(call)).push(call);
    },
    twinOf(report, isFree) {
      const same = report.responseId === null ? undefined : byResponseId.get(report.responseId);
      return (same && twinOf(report, [same], isFree)) ?? twinOf(report, candidates(report), isFree);
    },
  };
}

function tokensOf({ hasUsage, inputTokens, outputTokens }: Likeness): string {
  return hasUsage ? `${inputTokens}/${outputTokens}` : NO_TOKENS;
}

function mapIn<Value>(map: Map<string, Map<string, Value>>, key: string): Map<string, Value> {
  const known = map.get(key) ?? new Map<string, Value>();
  map.set(key, known);
  return known;
}

function listIn(map: Map<string, Likeness[]>, key: string): Likeness[] {
  const known = map.get(key) ?? [];
  map.set(key, known);
  return known;
}
