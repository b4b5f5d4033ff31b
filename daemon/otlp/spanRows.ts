import type { StoredCall } from "../store/store.ts";
import { type Likeness, likenessOf, twinOf } from "./twins.ts";

/**
 * Which row a span's call went to, and which rows are spans' own, of late: in memory, bounded. What is known by its
 * response id is known by the store for good.
 */
export interface SpanRows {
  /** The row of a span's call, if it came before. */
  rowOf(spanCallId: string): string | null;
  /** `own`: how it looks where it is a row of its own, to be known again by whoever saw the exchange. */
  placed(spanCallId: string, rowId: string, own: Likeness | null): void;
  /** A library tells of one exchange by one span: false where another span of it went to this row. */
  isFree(rowId: string, scope: string): boolean;
  claim(rowId: string, scope: string): void;
  /** A call as it goes to the store: where it is one that a span told of already, under that row's id. */
  recognise(call: StoredCall): StoredCall;
  /** The last exchanges that were not recognised, oldest first: some are still on their way to the store. */
  exchanges(): readonly StoredCall[];
}

const MAX_REMEMBERED = 20_000;
/** Calls that are looked through for each report that comes. */
const MAX_OWN = 500;
const MAX_EXCHANGES = 500;

export function createSpanRows(): SpanRows {
  const rows = new Map<string, string>();
  const claims = new Map<string, Set<string>>();
  const own = new Map<string, Likeness>();
  const aliases = new Map<string, string>();
  let exchanges: StoredCall[] = [];

  /** Nothing is worked out for it here: it is asked for only where there are spans. */
  function remember(exchange: StoredCall): StoredCall {
    if (exchanges.length >= 2 * MAX_EXCHANGES) exchanges = exchanges.slice(-MAX_EXCHANGES);
    exchanges.push(exchange);
    return exchange;
  }

  return {
    rowOf: (spanCallId) => rows.get(spanCallId) ?? null,
    placed(spanCallId, rowId, likeness) {
      rows.set(spanCallId, rowId);
      shorten(rows, MAX_REMEMBERED);
      if (likeness === null) return;
      own.set(rowId, likeness);
      shorten(own, MAX_OWN);
    },
    isFree: (rowId, scope) => !claims.get(rowId)?.has(scope),
    claim(rowId, scope) {
      claims.set(rowId, (claims.get(rowId) ?? new Set()).add(scope));
      shorten(claims, MAX_REMEMBERED);
    },
    recognise(call) {
      // Whoever sees no exchange may have told of the same one as a span, but cannot be held to it.
      if (call.endpoint === null) return call;
      const known = aliases.get(call.callId);
      if (known !== undefined) return { ...call, callId: known };
      if (own.size === 0) return remember(call);
      const twin = twinOf(likenessOf(call), own.values());
      if (twin === null) return remember(call);
      // The store finds it by itself, and with it what it has of this call already.
      if (
        twin.responseId !== null &&
        twin.responseId === call.responseId &&
        twin.provider === call.provider
      ) {
        return remember(call);
      }
      own.delete(twin.callId);
      aliases.set(call.callId, twin.callId);
      shorten(aliases, MAX_REMEMBERED);
      return { ...call, callId: twin.callId };
    },
    exchanges: () => exchanges,
  };
}

/** What was added first goes first. */
function shorten(remembered: Map<string, unknown>, size: number) {
  for (const key of remembered.keys()) {
    if (remembered.size <= size) return;
    remembered.delete(key);
  }
}
