import type { CallCosts } from "./callCost.ts";
import type { StateCost } from "./daemonStates.ts";
import { readable, rounded } from "./figures.ts";
import { kinds } from "./rounds.ts";
import { type App, apps, type StartCost } from "./startCost.ts";

/** The same figures as on the page, for the terminal. */
export function printCalls({ base, added }: CallCosts): void {
  for (const kind of kinds) {
    console.log(`\n▸ ${kind}: the bare SDK takes ${readable(base[kind].cpuUs)} µs of CPU; added to that`);
    for (const { variant, kinds: of } of added) {
      const { cpuUs, wallUs } = of[kind];
      console.log(`  ${variant}: CPU ${readable(cpuUs)} µs, wall ${readable(wallUs)} µs`);
    }
  }
  console.log("\n▸ memory after all calls, added to the bare SDK's");
  for (const { variant, rssMiB, heapMiB } of added) {
    console.log(`  ${variant}: ${rounded(rssMiB)} MiB resident, ${rounded(heapMiB)} MiB of heap`);
  }
}

export function printStarts(starts: Record<App, readonly StartCost[]>): void {
  for (const app of Object.keys(apps) as App[]) {
    console.log(`\n▸ start of ${apps[app]}: the first by itself, the others added to it`);
    for (const { variant, readyMs, cpuMs, rssMiB } of starts[app]) {
      console.log(
        `  ${variant}: ${readable(readyMs)} ms, ${readable(cpuMs)} ms of CPU, ${readable(rssMiB)} MiB resident`,
      );
    }
  }
}

export function printStates(states: readonly StateCost[]): void {
  console.log("\n▸ a plain call over HTTP: the first by itself, the others added to it");
  for (const { state, medianUs, p95Us } of states) {
    console.log(`  ${state}: median ${readable(medianUs)} µs, p95 ${readable(p95Us)} µs`);
  }
}
