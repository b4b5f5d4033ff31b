import { describe, expect, it } from "vitest";
import { periodEnd, rangeBefore } from "../../webview/model/period.ts";
import { shiftDays, shiftMonths } from "../../webview/model/zonedTime.ts";

const berlin = "Europe/Berlin";

describe("calendar arithmetic in a time zone", () => {
  it("keeps the time on the clock over both ends of summer time", () => {
    expect(shiftDays(new Date("2026-03-29T10:00:00Z"), -1, berlin).toISOString()).toBe(
      "2026-03-28T11:00:00.000Z",
    );
    expect(shiftDays(new Date("2026-10-25T11:00:00Z"), -1, berlin).toISOString()).toBe(
      "2026-10-24T10:00:00.000Z",
    );
  });

  it("knows zones with odd offsets", () => {
    expect(shiftDays(new Date("2026-11-20T18:15:00Z"), 1, "Asia/Kathmandu").toISOString()).toBe(
      "2026-11-21T18:15:00.000Z",
    );
  });

  it("takes the last day of a shorter month", () => {
    expect(shiftMonths(new Date("2026-03-31T10:00:00Z"), -1, berlin).toISOString()).toBe(
      "2026-02-28T11:00:00.000Z",
    );
    expect(shiftMonths(new Date("2026-01-15T10:00:00Z"), -1, berlin).toISOString()).toBe(
      "2025-12-15T10:00:00.000Z",
    );
  });
});

describe("the period before, up to the same point", () => {
  const now = new Date("2026-11-20T13:07:42.123Z");
  const range = (from: string) => ({ from, to: now.toISOString(), timeZone: berlin });

  it("is yesterday until this time of day, cut to the minute", () => {
    expect(rangeBefore("today", range("2026-11-19T23:00:00.000Z"), now)).toEqual({
      from: "2026-11-18T23:00:00.000Z",
      to: "2026-11-19T13:07:00.000Z",
      timeZone: berlin,
    });
  });

  it("is as many days before", () => {
    expect(rangeBefore("7d", range("2026-11-13T23:00:00.000Z"), now)).toMatchObject({
      from: "2026-11-06T23:00:00.000Z",
      to: "2026-11-13T13:07:00.000Z",
    });
  });

  it("is the week before until the same day and hour, over the end of summer time", () => {
    const friday = new Date("2026-10-30T13:07:42.123Z");
    const week = { from: "2026-10-25T23:00:00.000Z", to: friday.toISOString(), timeZone: berlin };
    expect(rangeBefore("week", week, friday)).toMatchObject({
      from: "2026-10-18T22:00:00.000Z",
      to: "2026-10-23T12:07:00.000Z",
    });
  });

  it("is the month before until the same day, over the end of summer time", () => {
    expect(rangeBefore("month", range("2026-10-31T23:00:00.000Z"), now)).toMatchObject({
      from: "2026-09-30T22:00:00.000Z",
      to: "2026-10-20T12:07:00.000Z",
    });
  });

  it("is the last day of a shorter month before", () => {
    const endOfMarch = new Date("2026-03-31T20:00:00Z");
    const march = { from: "2026-02-28T23:00:00.000Z", to: endOfMarch.toISOString(), timeZone: berlin };
    expect(rangeBefore("month", march, endOfMarch)?.to).toBe("2026-02-28T21:00:00.000Z");
  });

  it("is none for a session, nor in a period's first minute", () => {
    expect(rangeBefore("session", range("2026-11-20T08:00:00.000Z"), now)).toBeNull();
    const midnight = new Date("2026-11-19T23:00:30.000Z");
    const today = { from: "2026-11-19T23:00:00.000Z", to: midnight.toISOString(), timeZone: berlin };
    expect(rangeBefore("today", today, midnight)).toBeNull();
  });
});

it("the end of today, of a week and of a month are known ahead", () => {
  const today = { from: "2026-10-24T22:00:00.000Z", to: "2026-10-25T10:00:00.000Z", timeZone: berlin };
  expect(periodEnd("today", today)?.toISOString()).toBe("2026-10-25T23:00:00.000Z");
  const month = { from: "2026-10-31T23:00:00.000Z", to: "2026-11-20T10:00:00.000Z", timeZone: berlin };
  expect(periodEnd("month", month)?.toISOString()).toBe("2026-11-30T23:00:00.000Z");
  const week = { from: "2026-10-18T22:00:00.000Z", to: "2026-10-23T10:00:00.000Z", timeZone: berlin };
  expect(periodEnd("week", week)?.toISOString()).toBe("2026-10-25T23:00:00.000Z");
  expect(periodEnd("7d", month)).toBeNull();
});
