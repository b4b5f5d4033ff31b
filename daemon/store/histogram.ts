/**
 * Durations on a logarithmic scale: 8 steps to each doubling, exact below 16 ms. A step is at most an eighth of its lower
 * bound wide and is read back as its middle, so a percentile is within 6.25 % of the true value. Whole-number arithmetic
 * only, so the same duration falls into the same step on every machine.
 */
const STEPS_PER_DOUBLING = 8;
const EXACT_BELOW_MS = 2 * STEPS_PER_DOUBLING;
/** About twelve days: what is longer counts as this long. */
const LONGEST_MS = 2 ** 30;

/** Step → number of calls. */
export type Histogram = Map<number, number>;

/** The step that a duration falls into, 0 to 223. */
export function latencyStep(durationMs: number): number {
  const ms = Math.min(LONGEST_MS, Math.max(0, Math.round(durationMs)));
  if (ms < EXACT_BELOW_MS) return ms;
  const doublings = 31 - Math.clz32(ms) - 3;
  return doublings * STEPS_PER_DOUBLING + (ms >> doublings);
}

/** The middle of a step, in milliseconds. */
export function latencyOfStep(step: number): number {
  return step < EXACT_BELOW_MS ? step : shortestOfStep(step) + (2 ** doublingsOf(step) - 1) / 2;
}

/** The shortest duration that falls into a step, in milliseconds. */
export function shortestOfStep(step: number): number {
  if (step < EXACT_BELOW_MS) return step;
  return (step - doublingsOf(step) * STEPS_PER_DOUBLING) * 2 ** doublingsOf(step);
}

function doublingsOf(step: number): number {
  return Math.floor(step / STEPS_PER_DOUBLING) - 1;
}

export function addToStep(histogram: Histogram, step: number, calls: number): void {
  const sum = (histogram.get(step) ?? 0) + calls;
  if (sum === 0) histogram.delete(step);
  else histogram.set(step, sum);
}

export function addHistogram(histogram: Histogram, other: Histogram): void {
  for (const [step, calls] of other) addToStep(histogram, step, calls);
}

/** As text, `step:calls;` by rising step. Such texts set end to end are a text of the sum: SQL adds by concatenation. */
export function encodeHistogram(histogram: Histogram): string {
  return [...histogram]
    .sort(([a], [b]) => a - b)
    .map(([step, calls]) => `${step}:${calls};`)
    .join("");
}

const ZERO = 48;
const COLON = 58;
const SEMICOLON = 59;

/** Adds what `encodeHistogram` wrote, once or several times end to end. Scans by character: the text may be long. */
export function addEncoded(histogram: Histogram, text: string): void {
  let step = 0;
  let number = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === COLON) {
      step = number;
      number = 0;
    } else if (code === SEMICOLON) {
      addToStep(histogram, step, number);
      number = 0;
    } else {
      number = number * 10 + code - ZERO;
    }
  }
}

/** The duration that the given share (0.95) of calls did not exceed, in milliseconds; `null` where there are none. */
export function percentile(histogram: Histogram, share: number): number | null {
  let total = 0;
  for (const calls of histogram.values()) total += calls;
  if (total === 0) return null;
  const rank = Math.max(1, Math.ceil(total * share));
  let seen = 0;
  for (const step of [...histogram.keys()].sort((a, b) => a - b)) {
    seen += histogram.get(step) ?? 0;
    if (seen >= rank) return latencyOfStep(step);
  }
  return null;
}
