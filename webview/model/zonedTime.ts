/** Calendar arithmetic in an IANA time zone. */

interface WallTime {
  year: number;
  /** 1–12. */
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  millisecond: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function wallFormat(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat("en-US", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  formats.set(timeZone, made);
  return made;
}

/** What a clock on the wall shows at this instant. */
export function wallTime(instant: Date, timeZone: string): WallTime {
  const parts: Partial<Record<Intl.DateTimeFormatPartTypes, number>> = {};
  for (const { type, value } of wallFormat(timeZone).formatToParts(instant)) parts[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return { year, month, day, hour, minute, second, millisecond: instant.getUTCMilliseconds() };
}

function asUtc(wall: WallTime): number {
  return Date.UTC(wall.year, wall.month - 1, wall.day, wall.hour, wall.minute, wall.second, wall.millisecond);
}

/** The instant at which a clock on the wall shows this; in a gap of summer time, the same distance past it. */
export function instantOf(wall: WallTime, timeZone: string): Date {
  const wanted = asUtc(wall);
  const offsetAt = (time: number) => asUtc(wallTime(new Date(time), timeZone)) - time;
  const first = wanted - offsetAt(wanted);
  return new Date(wanted - offsetAt(first));
}

/** The same time on the clock, so many days away. */
export function shiftDays(instant: Date, days: number, timeZone: string): Date {
  const wall = wallTime(instant, timeZone);
  return instantOf({ ...wall, day: wall.day + days }, timeZone);
}

/** The same day and time, so many months away; a day that the month lacks becomes its last. */
export function shiftMonths(instant: Date, months: number, timeZone: string): Date {
  const wall = wallTime(instant, timeZone);
  const lastDay = new Date(Date.UTC(wall.year, wall.month + months, 0)).getUTCDate();
  return instantOf({ ...wall, month: wall.month + months, day: Math.min(wall.day, lastDay) }, timeZone);
}
