import { cpus, loadavg, release, totalmem } from "node:os";
import type { CallCosts } from "./callCost.ts";
import { daemonStates, type StateCost } from "./daemonStates.ts";
import { readable, rounded, table } from "./figures.ts";
import { type Kind, kinds } from "./rounds.ts";
import { type App, apps, type StartCost } from "./startCost.ts";
import { others, shimName } from "./variants.ts";

export interface Measured {
  calls: CallCosts;
  starts: Record<App, StartCost[]>;
  states: StateCost[];
  rounds: number;
  startRounds: number;
}

/** What the shim should cost at most. */
const aims = { plainUs: 55, streamUs: 45, shareOfOpenTelemetry: 0.25, startMs: 15, memoryMiB: 3 };

/** Where p95 of one and the same state varies by more between the rounds, nothing can be told from it. */
const MAX_NOISE_US = 500;

/** Calls that come seldom have no aim of their own. */
const kindsWithAim = kinds.filter((kind) => kind !== "seldom");

const kindWords: Record<Kind, string> = {
  "in process, plain": "in process, plain call",
  "in process, stream": "in process, stream of 20 chunks",
  "HTTP, plain": "over HTTP, plain call",
  "HTTP, stream": "over HTTP, stream of 20 chunks",
  seldom: "in process, plain calls with a pause after each",
};

/** Not measured by this bench, but read off a profile: to be looked at anew when the shim changes. */
const whatItConsistsOf = `What a plain call in process consists of was read off profiles of the main thread with the shim and without it (\`perf\`, November 2026). More than a quarter is no step of the shim's: the host's own code, which finds its caches colder. A fifth is the stack that the call site is found in: V8 goes through every frame of the SDK, and has to decode those of optimised functions. A tenth each is the salted hash of the prompt with the size of the body, and finding usage in the answer; the rest is some fifty steps of two microseconds or less, and the garbage collector. Telling for which request a call was made, where a queue may work for several, is among them as long as nothing speaks against the one that it was made in; where something does, it takes about as long as the hash. A stream adds the copy of each of its chunks. The instrumentations that it is compared with take no call site, no fingerprint and no sizes, so that a quarter of OpenTelemetry's cost is less than what the stack takes alone: that aim can't be reached while each call has its line of code.`;

/** docs/host-cost.md. */
export function page(measured: Measured, versions: Record<string, string>): string {
  return `# What Taximeter costs the app it watches

Written by \`npm run bench:host\` on ${new Date().toISOString().slice(0, 10)}: ${machine()}; in the last quarter of an hour ${load()} One run, ${measured.rounds} rounds, everything that is compared in turns; the openai SDK ${versions["openai"]}. Absolute figures are this machine's on that day, ratios hold better. A figure is the median of the differences to the bare SDK in the same turn, with the quarters below and above it in brackets.

## The aims, and what was reached

${aimsTable(measured)}

${whatItConsistsOf}

## A call

CPU time (of the whole process, all its threads, until what was recorded has left it) and wall time of one chat call by the openai SDK, added to the bare SDK's. All calls are made in the handler of an inbound HTTP request; Taximeter records call site and route with each, which is checked. The others are set up as their guides say and export to a sink that swallows; each was checked to have recorded every single call. In process, \`fetch\` answers from memory below whatever watches it; over HTTP the provider is another process on this machine. What is gathered is delivered within the round: ours by itself, that of the others by their \`flush\` at its end, since they wait for seconds. With a pause after each call ours is delivered call by call, so that the status bar ticks with it, which is the dearest case; the others still gather.

${kinds.map((kind) => callTable(measured.calls, kind, versions)).join("\n\n")}

After all of these calls the processes had more than the bare SDK's, after a garbage collection, in MiB:

${table(
  ["", "resident", "heap"],
  measured.calls.added.map(({ variant, rssMiB, heapMiB }) => [variant, rounded(rssMiB), rounded(heapMiB)]),
)}

## A start

From the start of the process until the app is ready, ${measured.startRounds} starts each in turns; the first line is the process without any of them.

${(Object.keys(apps) as App[]).map((app) => startTable(apps[app], measured.starts[app])).join("\n\n")}

## When the daemon is down, hung or slow

Wall time of a plain call over HTTP, added to that of the bare SDK in the same turn, in µs; the first line is the bare SDK's own. What matters is that no line differs from the one where the daemon answers.

${statesTable(measured.states)}
`;
}

function machine(): string {
  const [cpu] = cpus();
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`;
  return `${cpus().length} cores (${cpu?.model.trim() ?? "unknown"}), ${memory}, ${process.platform} ${release()}, Node ${process.versions.node}`;
}

/** The bench itself keeps one core busy, at most. */
function load(): string {
  const wanted = loadavg()[2] ?? 0;
  const said = `${rounded(wanted)} processes wanted its ${cpus().length} cores at a time.`;
  if (wanted <= cpus().length) return said;
  return `${said} **So it was too busy for these figures to be the shim's own:** times (a start, wall, p95) say little, and CPU time, which takes the waiting out, is still dearer than on a machine whose caches are not shared.`;
}

function addedBy({ added }: CallCosts, variant: string): CallCosts["added"][number] {
  const found = added.find((each) => each.variant === variant);
  if (found === undefined) throw new Error(`${variant} was not measured`);
  return found;
}

function aimsTable({ calls, starts, states }: Measured): string {
  const ours = addedBy(calls, shimName);
  const openTelemetry = addedBy(calls, "OpenTelemetry");
  const rows = kindsWithAim.map((kind) => {
    const cpuUs = ours.kinds[kind].cpuUs.median;
    const aimUs = kind.endsWith("plain") ? aims.plainUs : aims.streamUs;
    return [`CPU, ${kindWords[kind]}`, `${aimUs} µs`, `${rounded(cpuUs)} µs`, verdict(cpuUs <= aimUs)];
  });
  for (const kind of ["in process, plain", "in process, stream"] as const) {
    const share = ours.kinds[kind].cpuUs.median / openTelemetry.kinds[kind].cpuUs.median;
    rows.push([
      `the same against OpenTelemetry's, ${kindWords[kind]}`,
      `${aims.shareOfOpenTelemetry} ×`,
      `${rounded(share)} ×`,
      verdict(share <= aims.shareOfOpenTelemetry),
    ]);
  }
  const start = starts.none.find(({ variant }) => variant === shimName);
  if (start === undefined) throw new Error("the start was not measured");
  const startMs = start.readyMs.median;
  rows.push(["start", `${aims.startMs} ms`, `${rounded(startMs)} ms`, verdict(startMs <= aims.startMs)]);
  const startCpuMs = start.cpuMs.median;
  rows.push([
    "CPU of a start",
    `${aims.startMs} ms`,
    `${rounded(startCpuMs)} ms`,
    verdict(startCpuMs <= aims.startMs),
  ]);
  const memory = start.rssMiB.median;
  rows.push([
    "memory at start, resident",
    `${aims.memoryMiB} MiB`,
    `${rounded(memory)} MiB`,
    verdict(memory <= aims.memoryMiB),
  ]);
  const up = states.find(({ state }) => state === "up")?.p95Us;
  const worst = states
    .filter(({ state }) => state !== "up" && state !== "without")
    .toSorted((one, other) => other.p95Us.median - one.p95Us.median)[0];
  if (up === undefined || worst === undefined) throw new Error("the daemon's states were not measured");
  rows.push([
    "p95 with the daemon away, the worst of its states against a daemon that answers",
    "nothing measurable",
    `${rounded(worst.p95Us.median - up.median)} µs (${worst.state})`,
    // Measurable is what lies outside the middle half of what the same state gives by itself.
    up.high - up.low > MAX_NOISE_US ? "too noisy to tell" : verdict(worst.p95Us.median <= up.high),
  ]);
  return table(["", "aim, at most", "measured", ""], rows);
}

function verdict(reached: boolean): string {
  return reached ? "reached" : "**not reached**";
}

function callTable(calls: CallCosts, kind: Kind, versions: Record<string, string>): string {
  const base = calls.base[kind];
  const openTelemetry = addedBy(calls, "OpenTelemetry").kinds[kind].cpuUs;
  const rows = calls.added.map(({ variant, kinds: of }) => {
    const { cpuUs, wallUs, wallP95Us } = of[kind];
    const packageName = others.find(({ name }) => name === variant)?.packageName;
    const label = packageName === undefined ? variant : `${packageName} ${versions[packageName] ?? ""}`;
    // Where its own cost is lost in the noise there is nothing to compare with.
    const share = openTelemetry.low > 0 ? `${rounded(cpuUs.median / openTelemetry.median)} ×` : "–";
    return [label, readable(cpuUs), share, readable(wallUs), rounded(wallP95Us.median)];
  });
  const head = ["added, µs", "CPU", "of OpenTelemetry's", "wall, middle call", "wall, p95"];
  const own = `The bare SDK's own: CPU ${readable(base.cpuUs)} µs, wall ${readable(base.wallUs)} µs.`;
  const title = kindWords[kind];
  return `### ${title.charAt(0).toUpperCase()}${title.slice(1)}\n\n${own}\n\n${table(head, rows)}`;
}

function startTable(title: string, costs: readonly StartCost[]): string {
  const rows = costs.map(({ variant, readyMs, cpuMs, rssMiB, heapMiB }) => [
    variant,
    readable(readyMs),
    readable(cpuMs),
    readable(rssMiB),
    rounded(heapMiB.median),
  ]);
  return table([title, "time, ms", "CPU, ms", "resident memory, MiB", "heap, MiB"], rows);
}

function statesTable(states: readonly StateCost[]): string {
  const rows = states.map(({ state, medianUs, p95Us, p99Us }) => [
    state === "without" ? "without Taximeter" : `the daemon ${daemonStates[state]}`,
    readable(medianUs),
    readable(p95Us),
    readable(p99Us),
  ]);
  return table(["", "median", "p95", "p99"], rows);
}
