/**
 * A range of time. Each end is `today`, `yesterday`, `week`, `month`, `7d` (any number of days, today included), `all`,
 * a date `YYYY-MM-DD`, or an ISO 8601 instant. Days are those of `timeZone` (IANA; the daemon's own by default). `from`
 * names where its period starts, `to` where it ends, so a date as `to` is inclusive; an instant as `to` is exclusive.
 * Without `from`: `today`. Without `to`: the end of `from` where that is `yesterday`, else everything until now.
 */
export interface Range {
  from?: string;
  to?: string;
  timeZone?: string;
}

/** A resolved range: ISO 8601 instants in UTC, `to` exclusive. */
export interface ResolvedRange {
  from: string;
  to: string;
  timeZone: string;
}
