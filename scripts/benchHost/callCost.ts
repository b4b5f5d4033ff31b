import { quantile } from "../bench/measure.ts";
import { appEnvironment, type Bench, preloadsOf, startApp } from "./bench.ts";
import { type Child, reply } from "./children.ts";
import type { DaemonCounts } from "./daemonStandIn.ts";
import { type Spread, spreadOf } from "./figures.ts";
import { type Kind, kinds, type Memory, type Round, type RoundRequest } from "./rounds.ts";
import type { SpanCounts } from "./server.ts";
import type { Variant } from "./variants.ts";

/** What a variant adds to the same calls of the bare SDK. */
export interface AddedCost {
  cpuUs: Spread;
  /** Of the middle call of a round. */
  wallUs: Spread;
  wallP95Us: Spread;
}

export interface CallCosts {
  /** The bare SDK's own time, by kind: CPU and wall. */
  base: Record<Kind, { cpuUs: Spread; wallUs: Spread }>;
  added: { variant: string; kinds: Record<Kind, AddedCost>; rssMiB: number; heapMiB: number }[];
}

/** Those that never leave the process need more of them for the clock of CPU time to be worth reading. */
const callsPerRound: Record<Kind, number> = {
  "in process, plain": 400,
  "in process, stream": 300,
  "HTTP, plain": 200,
  "HTTP, stream": 150,
  seldom: 8,
};
/** Longer than the shim gathers calls before it delivers them: each is delivered by itself. */
const SELDOM_MS = 130;
/** Their rounds take a second, and add much: fewer of them will do. */
const SELDOM_SHARE = 0.25;
/** Code is compiled by how often it runs; what is measured is a process that has been up for a while. */
const WARM_UPS = 8;
const WARM_UP_CALLS = 400;

interface Runner {
  variant: Variant;
  child: Child;
  rounds: Round[];
}

/**
 * One process for each variant, all alive at once, taking turns at the same rounds. Differences to the bare SDK, the first
 * variant, are taken of each turn, and their median is told: a noisy moment is one turn's.
 */
export async function measureCalls(
  bench: Bench,
  variants: readonly Variant[],
  rounds: number,
): Promise<CallCosts> {
  const runners: Runner[] = [];
  for (const variant of variants) {
    const child = startApp([...preloadsOf(variant)], appEnvironment(bench, variant));
    await reply(child);
    runners.push({ variant, child, rounds: [] });
  }
  const made = new Map<Kind, { base: Round[]; rounds: Map<string, Round[]> }>();
  for (const kind of kinds) {
    const calls = callsPerRound[kind];
    const ofThisKind = roundsOf(kind, rounds);
    for (let round = -WARM_UPS; round < ofThisKind; round += 1) {
      // Each in turn is the first, so that none always comes after the same other.
      for (let turn = 0; turn < runners.length; turn += 1) {
        const runner = runners[(round + WARM_UPS + turn) % runners.length];
        if (runner === undefined) continue;
        const result = await reply<Round>(runner.child, {
          kind,
          calls: round < 0 ? WARM_UP_CALLS : calls,
          everyMs: round >= 0 && kind === "seldom" ? SELDOM_MS : 0,
        } satisfies RoundRequest);
        if (round >= 0) runner.rounds.push(result);
      }
      bench.progress(`${kind}: round ${Math.max(0, round + 1)} of ${ofThisKind}`);
    }
    const [base, ...others] = runners.map((runner) => runner.rounds.splice(0));
    if (base === undefined) throw new Error("there is nothing to compare with");
    made.set(kind, {
      base,
      rounds: new Map(others.map((each, index) => [variants[index + 1]?.name ?? "", each])),
    });
  }
  await proveRecorded(bench, variants, rounds);

  const memories = await Promise.all(runners.map(({ child }) => reply<Memory>(child, { memory: true })));
  for (const { child } of runners) child.kill();
  return summary(made, memories, variants);
}

function roundsOf(kind: Kind, rounds: number): number {
  return kind === "seldom" ? Math.ceil(rounds * SELDOM_SHARE) : rounds;
}

/** A product that records nothing costs nothing: whoever was compared must have told of every call. */
async function proveRecorded(bench: Bench, variants: readonly Variant[], rounds: number): Promise<void> {
  const expected = kinds.reduce((sum, kind) => {
    return sum + WARM_UPS * WARM_UP_CALLS + roundsOf(kind, rounds) * callsPerRound[kind];
  }, 0);
  const spans = await reply<SpanCounts>(bench.server, { count: true });
  for (const { name, spanMark } of variants) {
    if (spanMark !== undefined && spans[name] !== expected) {
      throw new Error(`${name} recorded ${spans[name] ?? 0} of ${expected} calls`);
    }
  }
  const shims = variants.filter(({ flags, spanMark }) => flags.length > 0 && spanMark === undefined).length;
  const { calls, attributed } = await reply<DaemonCounts>(bench.daemon, { count: true });
  if (calls !== shims * expected || attributed !== calls) {
    throw new Error(
      `of ${shims * expected} calls ${calls} were metered, ${attributed} with call site and route`,
    );
  }
}

function summary(
  made: Map<Kind, { base: Round[]; rounds: Map<string, Round[]> }>,
  memories: readonly Memory[],
  variants: readonly Variant[],
): CallCosts {
  const perCall = (kind: Kind, round: Round) => round.cpuUs / callsPerRound[kind];
  const wallUs = (round: Round, share: number) => quantile(round.wallMs, share) * 1_000;
  const byKind = <Value>(
    make: (kind: Kind, measured: { base: Round[]; rounds: Map<string, Round[]> }) => Value,
  ) =>
    Object.fromEntries(
      kinds.map((kind) => {
        const measured = made.get(kind);
        if (measured === undefined) throw new Error(`${kind} was not measured`);
        return [kind, make(kind, measured)];
      }),
    ) as Record<Kind, Value>;
  const [baseMemory] = memories;
  const mebibytes = (bytes: number | undefined, base: number | undefined) =>
    ((bytes ?? Number.NaN) - (base ?? Number.NaN)) / 2 ** 20;
  return {
    base: byKind((kind, { base }) => ({
      cpuUs: spreadOf(base.map((round) => perCall(kind, round))),
      wallUs: spreadOf(base.map((round) => wallUs(round, 0.5))),
    })),
    added: variants.slice(1).map(({ name }, index) => ({
      variant: name,
      kinds: byKind((kind, { base, rounds }) => {
        const own = rounds.get(name) ?? [];
        const differences = (of: (round: Round) => number) =>
          spreadOf(own.flatMap((round, at) => (base[at] === undefined ? [] : of(round) - of(base[at]))));
        return {
          cpuUs: differences((round) => perCall(kind, round)),
          wallUs: differences((round) => wallUs(round, 0.5)),
          wallP95Us: differences((round) => wallUs(round, 0.95)),
        };
      }),
      rssMiB: mebibytes(memories[index + 1]?.rss, baseMemory?.rss),
      heapMiB: mebibytes(memories[index + 1]?.heapUsed, baseMemory?.heapUsed),
    })),
  };
}
