import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  addEncoded,
  addHistogram,
  addToStep,
  encodeHistogram,
  type Histogram,
  latencyOfStep,
  latencyStep,
  percentile,
} from "../../daemon/store/histogram.ts";

const durations = fc.array(fc.double({ min: 0, max: 3_600_000, noNaN: true }), {
  minLength: 1,
  maxLength: 200,
});

function histogramOf(values: number[]): Histogram {
  const histogram: Histogram = new Map();
  for (const value of values) addToStep(histogram, latencyStep(value), 1);
  return histogram;
}

describe("histogram", () => {
  it("puts each duration into a step within 6.25 % of it, and longer ones never into a lower step", () => {
    for (let ms = 0; ms < 20_000; ms += 1) {
      const middle = latencyOfStep(latencyStep(ms));
      expect(Math.abs(middle - ms)).toBeLessThanOrEqual(ms * 0.0625);
      expect(latencyStep(ms + 1) - latencyStep(ms)).toBeGreaterThanOrEqual(0);
      expect(latencyStep(ms + 1) - latencyStep(ms)).toBeLessThanOrEqual(1);
    }
  });

  it("gives percentiles within 10 % of the true ones", () => {
    fc.assert(
      fc.property(durations, fc.constantFrom(0.5, 0.95, 1), (values, share) => {
        const sorted = values.map(Math.round).sort((a, b) => a - b);
        const truth = sorted[Math.max(1, Math.ceil(sorted.length * share)) - 1] ?? Number.NaN;
        expect(Math.abs((percentile(histogramOf(values), share) ?? Number.NaN) - truth)).toBeLessThanOrEqual(
          truth * 0.1,
        );
      }),
    );
  });

  it("adds by setting texts end to end, and takes away what was added", () => {
    fc.assert(
      fc.property(durations, durations, (one, two) => {
        const [left, right] = [histogramOf(one), histogramOf(two)];
        const read: Histogram = new Map();
        addEncoded(read, encodeHistogram(left) + encodeHistogram(right));
        const sum = histogramOf([...one, ...two]);
        expect(encodeHistogram(read)).toBe(encodeHistogram(sum));
        for (const [step, calls] of right) addToStep(sum, step, -calls);
        expect(encodeHistogram(sum)).toBe(encodeHistogram(left));
        addHistogram(left, right);
        expect(encodeHistogram(left)).toBe(encodeHistogram(read));
      }),
    );
  });

  it("has no percentile of nothing", () => {
    expect(percentile(new Map(), 0.5)).toBeNull();
  });

  it("counts absurd durations as the longest or the shortest", () => {
    expect(latencyStep(1e300)).toBe(latencyStep(2 ** 30));
    expect(latencyStep(-5)).toBe(0);
  });
});
