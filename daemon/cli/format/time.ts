const partsOf = (instant: string, timeZone: string | undefined): Map<string, string> => {
  const format = new Intl.DateTimeFormat("en-GB", {
    ...(timeZone === undefined ? {} : { timeZone }),
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
  });
  return new Map(format.formatToParts(new Date(instant)).map(({ type, value }) => [type, value]));
};

/** `2026-11-21` in a time zone, by default this machine's. */
export function formatDate(instant: string, timeZone?: string): string {
  const parts = partsOf(instant, timeZone);
  return `${parts.get("year")}-${parts.get("month")}-${parts.get("day")}`;
}

/** `14:03:11`. */
export function formatClock(instant: string, timeZone?: string): string {
  const parts = partsOf(instant, timeZone);
  return `${parts.get("hour")}:${parts.get("minute")}:${parts.get("second")}`;
}

/** `2026-11-21 14:03:11`. */
export function formatInstant(instant: string, timeZone?: string): string {
  return `${formatDate(instant, timeZone)} ${formatClock(instant, timeZone)}`;
}

const DAY_MS = 86_400_000;

/** A range in words: one day, or two with a dash; `until now` where it ends after `now`. */
export function formatRange(
  range: { from: string; to: string; timeZone: string },
  nowMs: number,
  everSince = Date.UTC(2000, 0, 1),
): string {
  const { timeZone } = range;
  const open = Date.parse(range.to) >= nowMs;
  const lastMs = Math.min(Date.parse(range.to), nowMs + 1) - 1;
  const last = formatDate(new Date(lastMs).toISOString(), timeZone);
  if (Date.parse(range.from) < everSince) return open ? "all time" : `until ${last}`;
  const first = formatDate(range.from, timeZone);
  const startsAtMidnight = formatClock(range.from, timeZone) === "00:00:00";
  if (!startsAtMidnight) {
    return open
      ? `since ${formatInstant(range.from, timeZone)}`
      : `${formatInstant(range.from, timeZone)} – ${formatInstant(range.to, timeZone)}`;
  }
  return first === last ? first : `${first} – ${last}`;
}

/** Whole days between two instants. */
export function daysBetween(fromMs: number, toMs: number): number {
  return Math.floor((toMs - fromMs) / DAY_MS);
}
