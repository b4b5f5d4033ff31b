import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DaemonConnection } from "../../daemon/client/daemonConnection.ts";
import { endDaemon, projectDirectory, startDaemon } from "./lib/daemon.ts";
import { matrixCases } from "./matrix/cases.ts";
import { type Judgement, judge } from "./matrix/judge.ts";
import { type RunSurroundings, runMatrix, runsOf } from "./matrix/run.ts";
import { prepareRuns } from "./matrix/surroundings.ts";
import { type CaseResult, writeTable } from "./matrix/table.ts";

/** Every SDK that is supported, each as it is published: see `matrix/cases.ts`. Writes `docs/sdks.md`. */
describe("SDKs, metered", () => {
  let folder: string;
  let surroundings: RunSurroundings;
  let daemon: DaemonConnection;
  const results: CaseResult[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "taximeter-matrix-"));
    surroundings = await prepareRuns(join(folder, "runs"));
    daemon = await startDaemon(join(folder, "daemon"));
    await daemon.request("status", {});
  });

  afterAll(async () => {
    daemon?.dispose();
    await endDaemon(join(folder, "daemon"));
    // A part of the matrix, run by itself, says nothing about the rest.
    if (results.length === matrixCases.length) {
      const lockFile = join(projectDirectory, "test", "e2e", "matrix", "package-lock.json");
      await writeFile(join(projectDirectory, "docs", "sdks.md"), await writeTable(results, lockFile));
    }
    await rm(folder, { recursive: true, force: true });
  });

  for (const matrixCase of matrixCases) {
    it(`${matrixCase.name}: the host sees no difference, each billed exchange is one call, exact`, async () => {
      const startedMs = Date.now();
      const runs = runsOf(matrixCase);
      const judgements: Judgement[] = [];
      await eachOfTwo(runs, async (run, index) => {
        judgements[index] = await judge(await runMatrix(run, surroundings), daemon);
      });
      results.push({ matrixCase, judgements });
      const seconds = ((Date.now() - startedMs) / 1_000).toFixed(1);
      console.log(`  ${matrixCase.name}: ${runs.length} runs in ${seconds} s`);
      const faults = runs.flatMap((run, index) =>
        (judgements[index]?.faults ?? []).map((fault) => `${run.system}, Node ${run.node}: ${fault}`),
      );
      expect(faults).toEqual([]);
    });
  }
});

/** Works through a list, two at a time. */
async function eachOfTwo<Item>(
  items: readonly Item[],
  work: (item: Item, index: number) => Promise<void>,
): Promise<void> {
  const left = [...items.entries()];
  const worker = async () => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) await work(next[1], next[0]);
  };
  await Promise.all([worker(), worker()]);
}
