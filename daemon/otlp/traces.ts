import { isDeepStrictEqual } from "node:util";
import type { CallReport } from "../../shared/call.ts";
import type { Source } from "../../shared/sources.ts";
import { type Attribution, attributionOf, joined } from "./attribution.ts";
import type { Span } from "./span.ts";

/** A call that a span told of, as it was last handed on. */
export interface PlacedCall {
  traceId: string;
  spanId: string;
  report: CallReport;
  attribution: Attribution;
  /** Its source where nothing around it names one. */
  fallback: Source | null;
  /** Whether it waits for that, though all around it is known: whoever sees the exchange may know better. */
  waits: boolean;
}

/** What is remembered of a span: enough to say what the calls within it belong to. */
interface Node {
  parentSpanId: string | null;
  attribution: Attribution;
  /** Nothing further out is to be waited for. */
  isOutermost: boolean;
}

interface Trace {
  nodes: Map<string, Node>;
  /** Spans around a call: where one of them asks a model as well, it tells of the same call. */
  aroundCalls: Set<string>;
  calls: Map<string, PlacedCall>;
  heardAtMs: number;
}

const MAX_TRACES = 2_000;
const MAX_SPANS_OF_TRACE = 2_000;
const MAX_SPANS = 20_000;
const FORGOTTEN_AFTER_MS = 10 * 60_000;

/**
 * Traces of late, in memory: spans come when they end, so what is around a call comes after it, often in another request.
 * Bounded, and lost with the process: then late attributes are, too.
 */
export interface Traces {
  /** Takes all spans of a request in. Those of them that ask a model come with `asksModel`. */
  add(spans: readonly Span[], asksModel: (span: Span) => boolean): void;
  /** Whether a call lies within this span. */
  isAroundCall(span: Span): boolean;
  /** What the call of this span belongs to, as far as is known; `isComplete`: nothing more is to be waited for. */
  attribution(span: Pick<Span, "traceId" | "spanId">): { attribution: Attribution; isComplete: boolean };
  place(call: PlacedCall): void;
  /** Calls of these traces that belong to more than was known when they were handed on. */
  changed(traceIds: Iterable<string>): PlacedCall[];
  /** Calls that waited for a source in traces of which nothing was heard since this. Their fallback is theirs now. */
  settled(heardBeforeMs: number): PlacedCall[];
  /** Whether any call waits for a source. */
  hasUnsettled(): boolean;
}

export function createTraces(nowMs: () => number): Traces {
  const traces = new Map<string, Trace>();
  let remembered = 0;

  function forget(id: string) {
    remembered -= traces.get(id)?.nodes.size ?? 0;
    traces.delete(id);
  }

  function makeRoom() {
    const forgottenBefore = nowMs() - FORGOTTEN_AFTER_MS;
    // The one that was heard of the longest ago stands first.
    for (const [id, { heardAtMs }] of traces) {
      if (traces.size <= MAX_TRACES && remembered <= MAX_SPANS && heardAtMs >= forgottenBefore) break;
      forget(id);
    }
  }

  function heardOf(id: string): Trace {
    const trace = traces.get(id) ?? {
      nodes: new Map(),
      aroundCalls: new Set(),
      calls: new Map(),
      heardAtMs: 0,
    };
    trace.heardAtMs = nowMs();
    traces.delete(id);
    traces.set(id, trace);
    return trace;
  }

  return {
    add(spans, asksModel) {
      for (const span of spans) {
        const { nodes } = heardOf(span.traceId);
        if (nodes.size >= MAX_SPANS_OF_TRACE) continue;
        const before = nodes.size;
        nodes.set(span.spanId, {
          parentSpanId: span.parentSpanId,
          attribution: attributionOf(span),
          isOutermost: span.parentSpanId === null || span.hasRemoteParent || span.kind !== "other",
        });
        remembered += nodes.size - before;
      }
      for (const span of spans) {
        const trace = traces.get(span.traceId);
        if (trace === undefined) continue;
        const isInside = asksModel(span) || trace.aroundCalls.has(span.spanId);
        if (isInside) markAround(trace, span.parentSpanId);
      }
      makeRoom();
    },
    isAroundCall: (span) => traces.get(span.traceId)?.aroundCalls.has(span.spanId) ?? false,
    attribution({ traceId, spanId }) {
      const trace = traces.get(traceId);
      return trace === undefined ? { attribution: nothing, isComplete: true } : attributionIn(trace, spanId);
    },
    place(call) {
      traces.get(call.traceId)?.calls.set(call.spanId, call);
    },
    changed(traceIds) {
      const changed: PlacedCall[] = [];
      for (const id of new Set(traceIds)) {
        const trace = traces.get(id);
        if (trace === undefined) continue;
        for (const call of trace.calls.values()) {
          const { attribution, isComplete } = attributionIn(trace, call.spanId);
          const next = isComplete && !call.waits ? withSource(attribution, call.fallback) : attribution;
          if (!isDeepStrictEqual(next, call.attribution)) changed.push({ ...call, attribution: next });
        }
      }
      return changed;
    },
    settled(heardBeforeMs) {
      return waiting(traces.values(), heardBeforeMs).map((call) => ({
        ...call,
        waits: false,
        attribution: withSource(call.attribution, call.fallback),
      }));
    },
    hasUnsettled: () => waiting(traces.values(), Number.POSITIVE_INFINITY).length > 0,
  };
}

function waiting(traces: Iterable<Trace>, heardBeforeMs: number): PlacedCall[] {
  const waiting: PlacedCall[] = [];
  for (const { calls, heardAtMs } of traces) {
    if (heardAtMs > heardBeforeMs) continue;
    for (const call of calls.values()) {
      if (call.attribution.source === null && call.fallback !== null) waiting.push(call);
    }
  }
  return waiting;
}

export function withSource(attribution: Attribution, fallback: Source | null): Attribution {
  return attribution.source === null && fallback !== null ? { ...attribution, ...fallback } : attribution;
}

const nothing: Attribution = {
  source: null,
  sourceKind: null,
  feature: null,
  conversationId: null,
  messageId: null,
  attributes: {},
};

function markAround(trace: Trace, innermost: string | null) {
  let id = innermost;
  while (id !== null && !trace.aroundCalls.has(id)) {
    if (trace.aroundCalls.size >= MAX_SPANS_OF_TRACE) return;
    trace.aroundCalls.add(id);
    id = trace.nodes.get(id)?.parentSpanId ?? null;
  }
}

function attributionIn(trace: Trace, spanId: string): { attribution: Attribution; isComplete: boolean } {
  let attribution = nothing;
  const passed = new Set<string>();
  for (let id: string | null = spanId; id !== null; ) {
    const node: Node | undefined = trace.nodes.get(id);
    // Spans that are each other's parents are somebody's mistake, or joke.
    if (node === undefined || passed.has(id)) return { attribution, isComplete: false };
    passed.add(id);
    attribution = joined(attribution, node.attribution);
    if (node.isOutermost) return { attribution, isComplete: true };
    id = node.parentSpanId;
  }
  return { attribution, isComplete: true };
}
