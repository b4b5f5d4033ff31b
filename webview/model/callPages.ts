import type { Call } from "../../shared/call.ts";
import type { CallsPage } from "../../shared/callPages.ts";

/** Calls that were read so far, newest first. `cursor` reads on from the oldest. */
export interface LoadedCalls {
  calls: Call[];
  cursor: string | null;
}

/**
 * The newest page, read again, joined to what was read before. Where the two don't overlap there is a gap of calls that
 * nobody has read: then the page alone stands, and reading on starts from its end.
 */
export function joinNewest(loaded: LoadedCalls | null, page: CallsPage): LoadedCalls {
  const fresh = { calls: page.calls, cursor: page.nextCursor };
  if (loaded === null || page.nextCursor === null) return fresh;
  const inPage = new Set(page.calls.map((call) => call.callId));
  const lastShared = loaded.calls.findLastIndex((call) => inPage.has(call.callId));
  if (lastShared === -1) return fresh;
  const older = loaded.calls.slice(lastShared + 1);
  return older.length === 0 ? fresh : { calls: [...page.calls, ...older], cursor: loaded.cursor };
}

/** The next page behind what was read so far. Only near the seam can a call be in both. */
export function joinOlder(loaded: LoadedCalls, page: CallsPage): LoadedCalls {
  const known = new Set(loaded.calls.slice(-page.calls.length).map((call) => call.callId));
  return {
    calls: [...loaded.calls, ...page.calls.filter((call) => !known.has(call.callId))],
    cursor: page.nextCursor,
  };
}
