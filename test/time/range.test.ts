import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  budgetPeriodBounds,
  defaultInterval,
  isTimeZone,
  resolveRange,
  seriesBounds,
} from "../../daemon/time/range.ts";
import type { Range } from "../../shared/range.ts";
import { intervals } from "../../shared/spend.ts";

/** A Saturday. */
const NOW = Date.parse("2026-11-21T10:07:30.000Z");
const HOUR = 3_600_000;

function resolved(range: Range, now = NOW, timeZone = "UTC"): string[] {
  const result = resolveRange(range, now, timeZone);
  if (!result.ok) return [result.field, result.message];
  expect(result.range).toEqual({
    fromMs: Date.parse(result.resolved.from),
    toMs: Date.parse(result.resolved.to),
  });
  return [result.resolved.from, result.resolved.to];
}

describe("resolveRange", () => {
  const untilNow = "2026-11-21T10:15:00.000Z";

  it.each<[Range, string, string]>([
    [{}, "2026-11-21T00:00:00.000Z", untilNow],
    [{ from: "today" }, "2026-11-21T00:00:00.000Z", untilNow],
    [{ from: "yesterday" }, "2026-11-20T00:00:00.000Z", "2026-11-21T00:00:00.000Z"],
    [{ from: "yesterday", to: "today" }, "2026-11-20T00:00:00.000Z", "2026-11-22T00:00:00.000Z"],
    [{ from: "week" }, "2026-11-16T00:00:00.000Z", untilNow],
    [{ from: "month" }, "2026-11-01T00:00:00.000Z", untilNow],
    [{ from: "month", to: "month" }, "2026-11-01T00:00:00.000Z", "2026-12-01T00:00:00.000Z"],
    [{ from: "1d" }, "2026-11-21T00:00:00.000Z", untilNow],
    [{ from: "7d" }, "2026-11-15T00:00:00.000Z", untilNow],
    [{ from: "all" }, "1970-01-01T00:00:00.000Z", untilNow],
    [{ from: "all", to: "yesterday" }, "1970-01-01T00:00:00.000Z", "2026-11-21T00:00:00.000Z"],
    [{ from: "2026-11-05" }, "2026-11-05T00:00:00.000Z", untilNow],
    [{ from: "2026-11-05", to: "2026-11-05" }, "2026-11-05T00:00:00.000Z", "2026-11-06T00:00:00.000Z"],
    [
      { from: "2026-11-05T10:00:00+01:00", to: "2026-11-05T10:00:00.250Z" },
      "2026-11-05T09:00:00.000Z",
      "2026-11-05T10:00:00.250Z",
    ],
    [{ from: "today", timeZone: "Asia/Kathmandu" }, "2026-11-20T18:15:00.000Z", untilNow],
    [
      { from: "2026-11-05", to: "2026-11-05", timeZone: "Pacific/Chatham" },
      "2026-11-04T10:15:00.000Z",
      "2026-11-05T10:15:00.000Z",
    ],
  ])("reads %j", (range, from, to) => {
    expect(resolved(range)).toEqual([from, to]);
  });

  it("takes a call that starts this very moment, also on the quarter hour", () => {
    const onTheQuarter = Date.parse("2026-11-21T10:15:00.000Z");
    expect(resolved({}, onTheQuarter)[1]).toBe("2026-11-21T10:30:00.000Z");
  });

  it("knows days of 23 and 25 hours", () => {
    const day = (date: string, timeZone: string) => {
      const [from = "", to = ""] = resolved({ from: date, to: date, timeZone });
      return (Date.parse(to) - Date.parse(from)) / HOUR;
    };
    expect(day("2026-03-29", "Europe/Berlin")).toBe(23);
    expect(day("2026-10-25", "Europe/Berlin")).toBe(25);
    expect(day("2026-04-05", "Australia/Lord_Howe")).toBe(24.5);
    // Midnight does not exist on this day in Havana: it begins at one.
    expect(day("2026-03-08", "America/Havana")).toBe(23);
  });

  it.each<[Range, string]>([
    [{ from: "tomorrow" }, "from"],
    [{ from: "0d" }, "from"],
    [{ from: "99999d" }, "from"],
    [{ from: "2026-11-31" }, "from"],
    [{ from: "2026-11-20T10:00:00" }, "from"],
    [{ from: "" }, "from"],
    [{ from: "2027-01-01" }, "from"],
    [{ from: "today", to: "nonsense" }, "to"],
    [{ from: "2026-11-05", to: "2026-11-03" }, "to"],
    [{ from: "2026-11-05", to: "2026-11-04" }, "to"],
    [{ from: "today", to: "yesterday" }, "to"],
    [{ timeZone: "Mars/Olympus" }, "timeZone"],
  ])("names the culprit in %j", (range, field) => {
    const result = resolveRange(range, NOW, "UTC");
    expect(result).toMatchObject({ ok: false, field });
    expect(result.ok ? "" : result.message).toMatch(/^must /);
  });
});

describe("budgetPeriodBounds", () => {
  const bounds = (...args: Parameters<typeof budgetPeriodBounds>) => {
    const { fromMs, toMs } = budgetPeriodBounds(...args);
    return [new Date(fromMs).toISOString(), new Date(toMs).toISOString()];
  };

  it("gives day, week from Monday, and month in the time zone", () => {
    expect(bounds("day", NOW, "Asia/Kathmandu")).toEqual([
      "2026-11-20T18:15:00.000Z",
      "2026-11-21T18:15:00.000Z",
    ]);
    expect(bounds("week", NOW, "UTC")).toEqual(["2026-11-16T00:00:00.000Z", "2026-11-23T00:00:00.000Z"]);
    expect(bounds("month", NOW, "America/New_York")).toEqual([
      "2026-11-01T04:00:00.000Z",
      "2026-12-01T05:00:00.000Z",
    ]);
    const sunday = Date.parse("2026-11-22T23:59:59.999Z");
    expect(bounds("week", sunday, "UTC")).toEqual(["2026-11-16T00:00:00.000Z", "2026-11-23T00:00:00.000Z"]);
    const lastOfMonth = Date.parse("2026-01-31T12:00:00.000Z");
    expect(bounds("month", lastOfMonth, "UTC")).toEqual([
      "2026-01-01T00:00:00.000Z",
      "2026-02-01T00:00:00.000Z",
    ]);
  });
});

describe("seriesBounds", () => {
  const lengths = (from: string, to: string, interval: (typeof intervals)[number], timeZone: string) => {
    const result = seriesBounds({ fromMs: Date.parse(from), toMs: Date.parse(to) }, interval, timeZone);
    if (!result.ok) return result;
    const { boundsMs } = result;
    return boundsMs.slice(1).map((bound, index) => (bound - (boundsMs[index] ?? 0)) / HOUR);
  };

  it("begins and ends with the range, and breaks where intervals begin in the time zone", () => {
    expect(lengths("2026-11-21T00:00:00Z", "2026-11-21T03:15:00Z", "hour", "UTC")).toEqual([1, 1, 1, 0.25]);
    expect(lengths("2026-11-20T18:15:00Z", "2026-11-20T20:30:00Z", "hour", "Asia/Kathmandu")).toEqual([
      1, 1, 0.25,
    ]);
    expect(lengths("2026-11-21T00:07:00Z", "2026-11-21T00:40:00Z", "15m", "UTC")).toEqual(
      [8, 15, 10].map((minutes) => minutes / 60),
    );
    expect(lengths("2026-10-23T22:00:00Z", "2026-10-26T23:00:00Z", "day", "Europe/Berlin")).toEqual([
      24, 25, 24,
    ]);
    expect(lengths("2026-01-31T12:00:00Z", "2026-04-01T00:00:00Z", "month", "UTC")).toEqual([
      12,
      28 * 24,
      31 * 24,
    ]);
    expect(lengths("2026-04-04T13:00:00Z", "2026-04-04T17:30:00Z", "hour", "Australia/Lord_Howe")).toEqual([
      1, 1, 0.5, 1, 1,
    ]);
  });

  it("gives one bucket of no length for a range of none", () => {
    expect(lengths("2026-11-21T00:00:00Z", "2026-11-21T00:00:00Z", "day", "UTC")).toEqual([0]);
  });

  it("refuses too many buckets", () => {
    expect(lengths("1970-01-01T00:00:00Z", "2026-11-21T00:00:00Z", "15m", "UTC")).toMatchObject({
      ok: false,
      field: "interval",
    });
  });

  it("always rises, covers the range, and breaks on the quarter hour", () => {
    const zones = [
      "UTC",
      "Asia/Kathmandu",
      "Pacific/Chatham",
      "America/St_Johns",
      "Australia/Lord_Howe",
      "Europe/Berlin",
    ];
    const base = Date.parse("2026-01-01T00:00:00Z");
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.constantFrom(...intervals),
        fc.integer({ min: 0, max: 365 * 24 * HOUR }),
        fc.integer({ min: 1, max: 20 * 24 * HOUR }),
        (zone, interval, offset, length) => {
          const range = { fromMs: base + offset, toMs: base + offset + length };
          const result = seriesBounds(range, interval, zone);
          if (!result.ok) throw new Error(result.message);
          expect(result.boundsMs[0]).toBe(range.fromMs);
          expect(result.boundsMs.at(-1)).toBe(range.toMs);
          for (const [index, bound] of result.boundsMs.entries()) {
            if (index > 0) expect(bound).toBeGreaterThan(result.boundsMs[index - 1] ?? Number.NaN);
            if (index > 0 && index < result.boundsMs.length - 1) expect(bound % (HOUR / 4)).toBe(0);
          }
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe("defaultInterval", () => {
  it("fits the range", () => {
    const of = (hours: number) => defaultInterval({ fromMs: 0, toMs: hours * HOUR });
    expect([of(2), of(24), of(7 * 24), of(365 * 24)]).toEqual(["15m", "hour", "day", "month"]);
  });
});

describe("isTimeZone", () => {
  it("knows a time zone when it sees one", () => {
    expect(["Asia/Kathmandu", "UTC", "+05:45", "", "Foo", "../etc"].map(isTimeZone)).toEqual([
      true,
      true,
      true,
      false,
      false,
      false,
    ]);
  });
});
