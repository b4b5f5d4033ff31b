import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { appEnvironment, type Bench } from "./bench.ts";
import { type Spread, spreadOf } from "./figures.ts";
import type { Variant } from "./variants.ts";

export const apps = { none: "an app that calls no AI", openai: "an app with a client of the OpenAI SDK" };
export type App = keyof typeof apps;

export interface StartCost {
  variant: string;
  readyMs: Spread;
  /** Of all its threads until then: what a busy machine does to it is not in it. */
  cpuMs: Spread;
  rssMiB: Spread;
  heapMiB: Spread;
}

interface Started {
  readyMs: number;
  cpuMs: number;
  rss: number;
  heapUsed: number;
}

const START_TIMEOUT_MS = 60_000;
const run = promisify(execFile);
const startedApp = fileURLToPath(new URL("startedApp.cjs", import.meta.url));

/**
 * Starts of the app until it is ready, each in a process of its own, in turns. The first variant's figures are its own,
 * those of the others what they add to it in the same turn.
 */
export async function measureStarts(
  bench: Bench,
  app: App,
  variants: readonly Variant[],
  rounds: number,
): Promise<StartCost[]> {
  const started = new Map(variants.map(({ name }): [string, Started[]] => [name, []]));
  // The first turn is not counted: it brings the files into the system's cache.
  for (let round = -1; round < rounds; round += 1) {
    for (let turn = 0; turn < variants.length; turn += 1) {
      const variant = variants[(round + 1 + turn) % variants.length];
      if (variant === undefined) continue;
      const { stdout } = await run(process.execPath, [...variant.flags, startedApp], {
        env: { ...process.env, NODE_OPTIONS: "", ...appEnvironment(bench, variant), BENCH_APP: app },
        timeout: START_TIMEOUT_MS,
      });
      if (round >= 0) started.get(variant.name)?.push(JSON.parse(stdout) as Started);
    }
    bench.progress(`start of ${apps[app]}: round ${Math.max(0, round + 1)} of ${rounds}`);
  }
  const [base = []] = started.values();
  return [...started].map(([variant, own]) => {
    const figures = (of: (start: Started) => number) =>
      spreadOf(
        own.flatMap((start, at) => {
          const beside = base[at];
          return beside === undefined ? [] : [of(start) - (own === base ? 0 : of(beside))];
        }),
      );
    return {
      variant,
      readyMs: figures(({ readyMs }) => readyMs),
      cpuMs: figures(({ cpuMs }) => cpuMs),
      rssMiB: figures(({ rss }) => rss / 2 ** 20),
      heapMiB: figures(({ heapUsed }) => heapUsed / 2 ** 20),
    };
  });
}
