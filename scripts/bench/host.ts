/**
 * What the shim costs the process that it lives in. Two clients, one with the preload and one without, take turns at the
 * same rounds against one local server in a third process; what is compared are the pairs of rounds. A round's CPU time
 * is that of the whole client process, delivery to a (local, collecting) daemon included, because a client waits at the
 * end of each round until the shim has nothing left to do.
 *
 * `node scripts/bench/host.ts [--register FILE] [--rounds N]`; the preload is `dist/register.cjs` unless told otherwise.
 */
import { spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type Child, endChildren, reply, startChild } from "../benchHost/children.ts";
import type { DaemonCounts } from "../benchHost/daemonStandIn.ts";
import type { ServerPorts } from "../benchHost/server.ts";
import { CHUNKS, inProcessUrl } from "./chatAnswers.ts";
import { callsPerRound, type Kind, type Memory, type Question, type Round } from "./hostRounds.ts";
import { printFigure, quantile } from "./measure.ts";

const { values } = parseArgs({
  options: {
    register: { type: "string", default: fileURLToPath(new URL("../../dist/register.cjs", import.meta.url)) },
    rounds: { type: "string", default: "50" },
  },
});

/** Code is compiled by how often it runs; what is measured is a process that has been up for a while. */
const WARM_UP_CALLS = 2_000;
const kinds = Object.keys(callsPerRound) as Kind[];

const ask = <Answer>(client: Child, what: Question["ask"]): Promise<Answer> =>
  reply<Answer>(client, { ask: what } satisfies Question);

const median = (numbers: readonly number[]) => quantile(numbers, 0.5);

async function bench(): Promise<void> {
  const home = await mkdtemp(join(tmpdir(), "taximeter-bench-"));
  try {
    const { provider } = await reply<ServerPorts>(startChild("server.ts", [], {}));
    const daemon = startChild("daemonStandIn.ts", [], { TAXIMETER_HOME: home });
    await reply(daemon);
    const env = {
      BENCH_PORT: String(provider),
      TAXIMETER_HOME: home,
      TAXIMETER_PROVIDERS: `127.0.0.1:${provider}=openai,${new URL(inProcessUrl).host}=openai`,
    };
    const standIn = ["--require", fileURLToPath(new URL("inProcessFetch.ts", import.meta.url))];
    const bare = startChild("../bench/hostClient.ts", standIn, env);
    const metered = startChild("../bench/hostClient.ts", [...standIn, "--require", values.register], env);
    await Promise.all([reply(bare), reply(metered)]);
    await measureCalls(bare, metered);

    const { calls } = await reply<DaemonCounts>(daemon, { count: true });
    const expected = kinds.reduce(
      (sum, kind) => sum + (Number(values.rounds) + warmUpRounds(kind)) * callsPerRound[kind],
      0,
    );
    if (calls < expected) throw new Error(`only ${calls} of ${expected} calls were metered`);
    measurePreload(home);
  } finally {
    endChildren();
    await rm(home, { recursive: true, force: true });
  }
}

const warmUpRounds = (kind: Kind) => Math.ceil(WARM_UP_CALLS / callsPerRound[kind]);

/** Differences are taken of each pair of rounds, a moment apart, and their median is told: a noisy moment is one pair's. */
async function measureCalls(bare: Child, metered: Child): Promise<void> {
  for (const kind of kinds) {
    for (let warmUp = 0; warmUp < warmUpRounds(kind); warmUp += 1) {
      await ask<Round>(bare, kind);
      await ask<Round>(metered, kind);
    }
    const pairs: { without: Round; with_: Round }[] = [];
    for (let round = 0; round < Number(values.rounds); round += 1) {
      // Turn about, so that neither always comes after a pause.
      const order = round % 2 === 0 ? [bare, metered] : [metered, bare];
      const rounds = new Map<Child, Round>();
      for (const client of order) rounds.set(client, await ask<Round>(client, kind));
      const [without, with_] = [rounds.get(bare), rounds.get(metered)];
      if (without !== undefined && with_ !== undefined) pairs.push({ without, with_ });
    }
    const name = kind.endsWith("stream") ? `${kind} of ${CHUNKS} chunks` : `${kind}, plain`;
    const figure = (what: string, value: number, unit: string) =>
      printFigure(`${name}: ${what}`, value, unit);
    const addedCpuUs = pairs.map(({ without, with_ }) => (with_.cpuUs - without.cpuUs) / callsPerRound[kind]);
    figure("CPU added per call, median of rounds", median(addedCpuUs), "µs");
    figure("CPU added per call, p95 of rounds", quantile(addedCpuUs, 0.95), "µs");
    const ratio = median(pairs.map(({ without, with_ }) => with_.cpuUs / without.cpuUs));
    figure("CPU, metered to unmetered", ratio, "×");
    for (const [share, words] of [
      [0.5, "median"],
      [0.95, "p95"],
    ] as const) {
      const unmetered = pairs.map(({ without }) => quantile(without.wallMs, share));
      const added = pairs.map(
        ({ without, with_ }) => quantile(with_.wallMs, share) - quantile(without.wallMs, share),
      );
      figure(`time unmetered, ${words}`, median(unmetered) * 1000, "µs");
      figure(`time added, ${words}`, median(added) * 1000, "µs");
    }
  }
  const without = await ask<Memory>(bare, "memory");
  const with_ = await ask<Memory>(metered, "memory");
  const mebibytes = (bytes: number) => bytes / 2 ** 20;
  printFigure("heap added after all calls", mebibytes(with_.heapUsed - without.heapUsed), "MiB");
  printFigure("resident memory added after all calls", mebibytes(with_.rss - without.rss), "MiB");
}

/** Start of a Node that does nothing, with the preload and without, in turns. */
function measurePreload(home: string): void {
  const start = (args: string[]) => {
    const from = performance.now();
    spawnSync(process.execPath, [...args, "-e", "0"], {
      env: { ...process.env, NODE_OPTIONS: "", TAXIMETER_HOME: home },
    });
    return performance.now() - from;
  };
  const preloads = { "register.cjs": "--require", "register.mjs": "--import" };
  for (const [name, flag] of Object.entries(preloads)) {
    const file = values.register.replace(/register\.cjs$/, name);
    const added: number[] = [];
    for (let round = 0; round < Number(values.rounds); round += 1) {
      const without = start([]);
      added.push(start([flag, file]) - without);
    }
    printFigure(`preload of ${name}: start of the process later by, median`, median(added), "ms");
    printFigure(`preload of ${name}: start of the process later by, p95`, quantile(added, 0.95), "ms");
  }
}

await bench();
