/**
 * `npm run bench:host`: what the shim costs the process that it lives in, beside what others cost it, and writes
 * docs/host-cost.md. Takes about a quarter of an hour of an otherwise idle machine.
 *
 * `--rounds N` (40) · `--starts N` (20) · `--only calls|starts|daemon`: prints, and writes no page · `--register FILE`:
 * another build of the preload; given more than once they are measured beside each other · `--beside NAME`: of the others
 * only those of such a name, e.g. `--beside OpenTelemetry`, `--beside nobody`.
 */
import { copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import type { Bench } from "./benchHost/bench.ts";
import { measureCalls } from "./benchHost/callCost.ts";
import { endChildren, reply, startChild } from "./benchHost/children.ts";
import { measureDaemonStates } from "./benchHost/daemonStates.ts";
import { page } from "./benchHost/page.ts";
import { printCalls, printStarts, printStates } from "./benchHost/print.ts";
import type { ServerPorts } from "./benchHost/server.ts";
import { measureStarts } from "./benchHost/startCost.ts";
import { bare, others, shimVariant, type Variant } from "./benchHost/variants.ts";
import { buildBundles } from "./lib/build.mjs";
import { runCommand } from "./lib/commands.mjs";
import { projectDirectory } from "./lib/project.mjs";
import { ensurePackages } from "./lib/provision.mjs";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "40" },
    starts: { type: "string", default: "20" },
    only: { type: "string" },
    register: { type: "string", multiple: true },
    beside: { type: "string", default: "" },
  },
});
const rounds = count(values.rounds);
const startRounds = count(values.starts);

const fixture = join(projectDirectory, "scripts", "benchHost", "instruments");
const packages = await ensurePackages(fixture);

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => {
    endChildren();
    process.exit(1);
  });
}
const home = await mkdtemp(join(tmpdir(), "taximeter-bench-"));
const shims = values.register?.map((file) => shimVariant(resolve(file), file)) ?? [await ownBuild()];
const variants = [bare, ...shims, ...others.filter(({ name }) => name.includes(values.beside))];
try {
  const server = startChild("server.ts", [], {});
  const ports = await reply<ServerPorts>(server);
  const daemon = startChild("daemonStandIn.ts", [], { TAXIMETER_HOME: home });
  await reply(daemon);
  await measureAll({ packages, home, ports, server, daemon, progress });
} finally {
  endChildren();
  await rm(home, { recursive: true, force: true });
}

async function measureAll(bench: Bench): Promise<void> {
  const wanted = (part: string) => values.only === undefined || values.only === part;
  const starts = wanted("starts") && {
    none: await measureStarts(bench, "none", variants, startRounds),
    openai: await measureStarts(bench, "openai", variants, startRounds),
  };
  if (starts) printStarts(starts);
  const states = wanted("daemon") && (await measureDaemonStates(bench, shims[0] ?? bare, rounds));
  if (states) printStates(states);
  const calls = wanted("calls") && (await measureCalls(bench, variants, rounds));
  if (calls) printCalls(calls);

  if (!starts || !states || !calls || values.beside !== "" || values.register !== undefined) return;
  const { dependencies }: { dependencies: Record<string, string> } = JSON.parse(
    await readFile(join(fixture, "package.json"), "utf8"),
  );
  const file = join(projectDirectory, "docs", "host-cost.md");
  await writeFile(file, page({ calls, starts, states, rounds, startRounds }, dependencies));
  // The page is under the formatter's eye like any other.
  await runCommand("biome", ["format", "--write", "--no-errors-on-unmatched", file], { timeoutMs: 30_000 });
  console.log(`\nwritten to ${file}`);
}

/** A copy, which stands still when somebody builds in the meantime. */
async function ownBuild(): Promise<Variant> {
  await buildBundles();
  const copy = join(home, "register.cjs");
  await copyFile(join(projectDirectory, "dist", "register.cjs"), copy);
  return shimVariant(copy);
}

function progress(text: string): void {
  if (process.stdout.isTTY) process.stdout.write(`\r\x1b[K  ${text}`);
  // In a log every line stays: one in ten is enough.
  else if (/\b\d*[01] of/.test(text)) console.log(`  ${text}`);
}

function count(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) throw new Error(`${text} is no number of rounds`);
  return number;
}
