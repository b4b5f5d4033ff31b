const DAY_MS = 24 * 60 * 60_000;

/** Every day from the first to the last, both `2026-11-21` and both inclusive. */
export function daysBetween(from: string, to: string): string[] {
  const days: string[] = [];
  for (let ms = Date.parse(from); ms <= Date.parse(to); ms += DAY_MS) {
    days.push(new Date(ms).toISOString().slice(0, 10));
  }
  return days;
}

/** The day, in a zone, that an instant lies in: `2026-11-21`. */
export function dayOf(timeZone: string): (instantMs: number) => string {
  const format = new Intl.DateTimeFormat("en-CA", {
    timeZone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
  });
  return (instantMs) => format.format(instantMs);
}
