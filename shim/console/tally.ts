/** Sums over calls. */
export interface Sum {
  calls: number;
  /** Of the calls, those whose cost is not known. */
  unknown: number;
  nanoUsd: number;
}

/** What the calls of this process cost, as far as it was told. */
export interface Tally {
  /** `nanoUsd`: `null` where the cost is not known. */
  add(source: string, nanoUsd: number | null): void;
  sum(): Sum;
  /** By falling cost, then calls. */
  bySource(): [source: string, sum: Sum][];
}

/** Beyond so many, sources are one. */
const MAX_SOURCES = 50;
const OTHERS = "other sources";

export function createTally(): Tally {
  const all: Sum = { calls: 0, unknown: 0, nanoUsd: 0 };
  const sources = new Map<string, Sum>();
  const sumOf = (source: string): Sum => {
    const key = sources.has(source) || sources.size < MAX_SOURCES ? source : OTHERS;
    let sum = sources.get(key);
    if (sum === undefined) {
      sum = { calls: 0, unknown: 0, nanoUsd: 0 };
      sources.set(key, sum);
    }
    return sum;
  };
  return {
    add(source, nanoUsd) {
      for (const sum of [all, sumOf(source)]) {
        sum.calls += 1;
        if (nanoUsd === null) sum.unknown += 1;
        else sum.nanoUsd += nanoUsd;
      }
    },
    sum: () => ({ ...all }),
    bySource: () => [...sources].sort(([, a], [, b]) => b.nanoUsd - a.nanoUsd || b.calls - a.calls),
  };
}
