import { describe, expect, it } from "vitest";
import { createFormats } from "../../webview/model/formats.ts";

const english = createFormats("en-US", "Europe/Berlin");
const german = createFormats("de-DE", "Europe/Berlin");

describe("formats", () => {
  it("writes money with as many places as it takes to see it", () => {
    expect(english.usd("4.82")).toBe("$4.82");
    expect(english.usd("0.00042")).toBe("$0.00042");
    expect(german.usd("1234.5")).toBe("1.234,50\u00a0$");
  });

  it("shortens large numbers and keeps a place of small percentages", () => {
    expect(english.compact(3_100_000)).toBe("3.1M");
    expect(english.percent(0.384)).toBe("38%");
    expect(english.percent(0.0072)).toBe("0.7%");
  });

  it("picks the unit of a duration by its size, and says when there is none", () => {
    expect(english.duration(812)).toBe("812 ms");
    expect(english.duration(2_440)).toBe("2.4 s");
    expect(german.duration(2_440)).toBe("2,4 s");
    expect(english.duration(192_000)).toBe("3 min 12 s");
    expect(english.duration(null)).toBe("–");
  });

  it("tells times by the given zone, not by the reader's", () => {
    expect(english.clock("2026-11-20T23:30:05Z")).toBe("00:30:05");
    expect(english.bucket("2026-11-20T23:00:00Z", "day")).toBe("Nov 21");
    expect(english.bucket("2026-11-20T23:00:00Z", "hour")).toBe("00:00");
  });
});
