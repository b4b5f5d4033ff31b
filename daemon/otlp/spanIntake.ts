import { setImmediate as turnOfEventLoop } from "node:timers/promises";
import type { CallReport, Operation } from "../../shared/call.ts";
import type { IngestOutcome } from "../../shared/callPages.ts";
import { messageOf } from "../../shared/messageOf.ts";
import type { Ingest } from "../ingest/ingest.ts";
import type { Store } from "../store/store.ts";
import { originOf, serviceSource } from "./attribution.ts";
import { createKnownCalls, type KnownCalls } from "./knownCalls.ts";
import { type Span, textOf } from "./span.ts";
import { spanCall } from "./spanCall.ts";
import { roleOf } from "./spanRole.ts";
import type { SpanRows } from "./spanRows.ts";
import { createTraces, type PlacedCall, withSource } from "./traces.ts";
import { likenessOf, likenessOfReport } from "./twins.ts";

export interface SpanIntakeSurroundings {
  ingest: Pick<Ingest, "take">;
  store: Pick<Store, "calls">;
  rows: SpanRows;
  nowMs(): number;
  /** How long a call waits for the spans around it before it is put down to its service. */
  settleAfterMs?: number;
  log(line: string): void;
}

/** Spans in, calls out: what asked a model becomes a call, what is around it says to whom the call belongs. */
export interface SpanIntake {
  /** How many calls were refused, and why the first of them was, once the others are stored. */
  take(spans: readonly Span[]): Promise<{ rejected: number; reason: string | null }>;
}

/** What may have begun before the spans of a request, and be the same exchange. */
const LOOK_BACK_MS = 60_000;
/** Calls that are placed in one go. */
const PART = 500;
const PAGE = 1_000;
const MAX_PAGES = 5;
/** As `POST /v1/calls` takes it. */
const MAX_LABELS = 50;
const SETTLE_AFTER_MS = 10_000;

export function createSpanIntake(surroundings: SpanIntakeSurroundings): SpanIntake {
  const { ingest, store, rows, nowMs, settleAfterMs = SETTLE_AFTER_MS, log } = surroundings;
  const traces = createTraces(nowMs);
  let settling: NodeJS.Timeout | null = null;
  /** One request after the other: what one stores, the next must find. */
  let queue: Promise<unknown> = Promise.resolve();

  function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = queue.then(work);
    queue = result.catch(() => {});
    return result;
  }

  async function take(spans: readonly Span[]) {
    const operations = new Map<Span, Operation>();
    for (const span of spans) {
      const role = roleOf(span);
      if (role.kind === "inference") operations.set(span, role.operation);
    }
    traces.add(spans, (span) => operations.has(span));
    const asked = [...operations].filter(([span]) => !traces.isAroundCall(span));
    const placed = asked.length === 0 ? [] : await place(asked);
    const outcomes = await handOn(placed);
    const fresh = new Set(placed.map(({ spanId }) => spanId));
    const late = traces
      .changed(spans.map(({ traceId }) => traceId))
      .filter(({ spanId }) => !fresh.has(spanId));
    await handOn(late);
    settleLater();
    const refused = outcomes.flatMap((outcome) => (outcome.outcome === "rejected" ? [outcome] : []));
    return { rejected: refused.length, reason: refused.length === 0 ? null : reasonOf(refused) };
  }

  /** Finds each call's row: its own, or that of the exchange that it is. */
  async function place(asked: readonly (readonly [Span, Operation])[]): Promise<PlacedCall[]> {
    const calls = asked.map(([span, operation]) => ({ span, report: spanCall(span, operation) }));
    // Those that can be told apart for sure go first; of the others what is inside ends before what is around it.
    calls.sort(
      (a, b) =>
        Number(a.report.responseId === null) - Number(b.report.responseId === null) ||
        a.span.endMs - b.span.endMs,
    );
    const known = await storedCalls(calls.map(({ span }) => span));
    const placed: PlacedCall[] = [];
    for (let start = 0; start < calls.length; start += PART) {
      if (start > 0) await turnOfEventLoop();
      // Together with what follows, so that no exchange can come between.
      for (const exchange of rows.exchanges()) known.add(likenessOf(exchange));
      for (const { span, report } of calls.slice(start, start + PART))
        placed.push(placedCall(span, report, known));
    }
    return placed;
  }

  function placedCall(span: Span, report: CallReport, known: KnownCalls): PlacedCall {
    const { attribution, isComplete } = traces.attribution(span);
    const fallback = serviceSource(span);
    // The shim may be in that process as well, and knows the script, the job or the test.
    const waits = (textOf(span.resource, "telemetry.sdk.language") ?? "nodejs") === "nodejs";
    return {
      traceId: span.traceId,
      spanId: span.spanId,
      report: { ...rowReport(report, span.scope, known), ...originOf(span) },
      attribution: isComplete && !waits ? withSource(attribution, fallback) : attribution,
      fallback,
      waits,
    };
  }

  function rowReport(report: CallReport, scope: string, known: KnownCalls): CallReport {
    const likeness = likenessOfReport(report);
    const rowId = rows.rowOf(report.callId) ?? known.get(report.callId)?.callId ?? null;
    const row =
      rowId === null
        ? known.twinOf(likeness, ({ callId }) => rows.isFree(callId, scope))
        : (known.get(rowId) ?? null);
    if (row === null && rowId !== null && rowId !== report.callId) {
      return { ...report, callId: rowId, usage: {} };
    }
    if (row === null || row.callId === report.callId) {
      known.add(likeness);
      rows.claim(report.callId, scope);
      rows.placed(report.callId, report.callId, likeness);
      return report;
    }
    rows.claim(row.callId, scope);
    rows.placed(report.callId, row.callId, null);
    const ofRow = {
      ...report,
      callId: row.callId,
      provider: row.provider,
      startedAt: new Date(row.startMs).toISOString(),
    };
    if (!row.hasUsage) return ofRow;
    // What is known is not to be said again, in other words: the span adds to whom the call belongs. And where it may
    // overtake the exchange on its way to the store, all else is left for that to say.
    const mayOvertake = rows.exchanges().some(({ callId }) => callId === row.callId);
    const facts = mayOvertake ? { durationMs: null, responseId: null } : {};
    return { ...ofRow, ...facts, status: row.status, usage: {} };
  }

  async function storedCalls(spans: readonly Span[]): Promise<KnownCalls> {
    const fromMs = Math.floor(Math.min(...spans.map(({ startMs }) => startMs)) - LOOK_BACK_MS);
    const toMs = Math.ceil(Math.max(...spans.map(({ endMs }) => endMs)) + LOOK_BACK_MS);
    const range = { fromMs, toMs };
    const resolved = {
      from: new Date(fromMs).toISOString(),
      to: new Date(toMs).toISOString(),
      timeZone: "UTC",
    };
    const known = createKnownCalls();
    let cursor: string | null = null;
    for (let page = 0; page < MAX_PAGES; page += 1) {
      const { calls, nextCursor } = await store.calls({
        range,
        resolved,
        order: "desc",
        limit: PAGE,
        ...(cursor === null ? {} : { cursor }),
      });
      for (const call of calls) known.add(likenessOf(call));
      cursor = nextCursor;
      if (cursor === null) break;
    }
    return known;
  }

  async function handOn(calls: readonly PlacedCall[]): Promise<IngestOutcome[]> {
    if (calls.length === 0) return [];
    const items = calls.map((call) => ({ value: reportOf(call) }));
    const outcomes = await ingest.take(items, true);
    for (const call of calls) traces.place(call);
    return outcomes;
  }

  function settleLater() {
    if (settling !== null || !traces.hasUnsettled()) return;
    settling = setTimeout(() => {
      settling = null;
      inTurn(() => handOn(traces.settled(nowMs() - settleAfterMs)))
        .catch((error) => log(`spans: ${messageOf(error)}`))
        .finally(settleLater);
    }, settleAfterMs).unref();
  }

  return { take: (spans) => inTurn(() => take(spans)) };
}

function reportOf({ report, attribution }: PlacedCall): CallReport {
  const attributes = Object.fromEntries(Object.entries(attribution.attributes).slice(0, MAX_LABELS));
  return { ...report, ...attribution, attributes };
}

function reasonOf(refused: readonly { errors: readonly { field: string; message: string }[] }[]): string {
  const first = refused[0]?.errors[0];
  return first === undefined ? "A span was refused." : `${first.field} ${first.message}`;
}
