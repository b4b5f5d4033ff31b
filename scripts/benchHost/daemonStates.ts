import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { quantile } from "../bench/measure.ts";
import { appEnvironment, type Bench, preloadsOf, startApp } from "./bench.ts";
import { type Child, reply, startChild } from "./children.ts";
import { type Spread, spreadOf } from "./figures.ts";
import type { Round, RoundRequest } from "./rounds.ts";
import { bare, type Variant } from "./variants.ts";

/** What a daemon may do to those who wait for it. */
export const daemonStates = {
  up: "answers",
  absent: "was never there",
  down: "has died: its file is there, nobody listens",
  hung: "proves itself, takes calls and never answers",
  stopped: "is stopped (SIGSTOP)",
  slow: "takes a second for each answer",
} as const;
export type DaemonState = keyof typeof daemonStates;

export interface StateCost {
  state: DaemonState | "without";
  /** Of a plain call over HTTP, as a client sees it. For `without` its own time, else what is added to that. */
  medianUs: Spread;
  p95Us: Spread;
  p99Us: Spread;
}

const CALLS = 300;
const WARM_UPS = 3;

/** One app for each state of the daemon and one without the shim, in turns. */
export async function measureDaemonStates(bench: Bench, shim: Variant, rounds: number): Promise<StateCost[]> {
  const homes: string[] = [];
  const daemons: Child[] = [];
  try {
    const runners: { state: StateCost["state"]; child: Child; rounds: Round[] }[] = [];
    const start = async (state: StateCost["state"], variant: Variant, home: string) => {
      const child = startApp(preloadsOf(variant), {
        ...appEnvironment(bench, variant),
        TAXIMETER_HOME: home,
      });
      await reply(child);
      runners.push({ state, child, rounds: [] });
    };
    await start("without", bare, bench.home);
    for (const state of Object.keys(daemonStates) as DaemonState[]) {
      const home = await mkdtemp(join(tmpdir(), "taximeter-bench-"));
      homes.push(home);
      if (state !== "absent") daemons.push(await startDaemon(state, home));
      await start(state, shim, home);
    }
    for (let round = -WARM_UPS; round < rounds; round += 1) {
      for (let turn = 0; turn < runners.length; turn += 1) {
        const runner = runners[(round + WARM_UPS + turn) % runners.length];
        if (runner === undefined) continue;
        const request: RoundRequest = { kind: "HTTP, plain", calls: CALLS, everyMs: 0 };
        const result = await reply<Round>(runner.child, request);
        if (round >= 0) runner.rounds.push(result);
      }
      bench.progress(`states of the daemon: round ${Math.max(0, round + 1)} of ${rounds}`);
    }
    for (const { child } of runners) child.kill("SIGKILL");
    const base = runners[0]?.rounds ?? [];
    return runners.map(({ state, rounds: own }) => {
      const figures = (share: number) =>
        spreadOf(
          own.map((round, at) => {
            const beside = state === "without" ? 0 : quantile(base[at]?.wallMs ?? [], share);
            return (quantile(round.wallMs, share) - beside) * 1_000;
          }),
        );
      return { state, medianUs: figures(0.5), p95Us: figures(0.95), p99Us: figures(0.99) };
    });
  } finally {
    for (const daemon of daemons) daemon.kill("SIGKILL");
    await Promise.all(homes.map((home) => rm(home, { recursive: true, force: true })));
  }
}

async function startDaemon(state: Exclude<DaemonState, "absent">, home: string): Promise<Child> {
  const daemon = startChild("daemonStandIn.ts", [], { TAXIMETER_HOME: home, BENCH_DAEMON: state });
  await reply(daemon);
  if (state === "stopped") daemon.kill("SIGSTOP");
  if (state === "down") daemon.kill("SIGKILL");
  return daemon;
}
