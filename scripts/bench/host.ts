/**
 * What the shim costs the process that it lives in. Two clients, one with the preload and one without, take turns at the
 * same rounds against one local server in a third process; what is compared are the pairs of rounds. A round's CPU time
 * is that of the whole client process, delivery to a (local, collecting) daemon included, because a client waits at the
 * end of each round until the shim has nothing left to do.
 *
 * `node scripts/bench/host.ts [--register FILE] [--rounds N]`; the preload is `dist/register.cjs` unless told otherwise.
 */
import { type ChildProcess, fork, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type RequestListener } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { proveIdentity } from "../../shared/protocol.ts";
import { CHUNKS, chatAnswer, chatEvents, inProcessUrl } from "./chatAnswers.ts";
import { printFigure, quantile } from "./measure.ts";

const { values } = parseArgs({
  options: {
    role: { type: "string", default: "bench" },
    register: { type: "string", default: fileURLToPath(new URL("../../dist/register.cjs", import.meta.url)) },
    rounds: { type: "string", default: "50" },
  },
});

/** Longer than the shim waits to gather a batch. */
const SETTLE_MS = 160;
/** Code is compiled by how often it runs; what is measured is a process that has been up for a while. */
const WARM_UP_CALLS = 2_000;

/** Calls per round. Those that never leave the process need more of them for the clock of CPU time to be worth reading. */
const callsPerRound = {
  "in process": 400,
  "in process, stream": 400,
  fetch: 100,
  "fetch stream": 100,
  openai: 100,
  "openai stream": 100,
} as const;
type Kind = keyof typeof callsPerRound;
const kinds = Object.keys(callsPerRound) as Kind[];

interface Round {
  cpuUs: number;
  /** Milliseconds of each call. */
  wallMs: number[];
}

const providerAnswers: RequestListener = (request, response) => {
  request.resume();
  request.on("end", async () => {
    if (!request.url?.startsWith("/stream")) {
      response.setHeader("content-type", "application/json");
      response.end(chatAnswer);
      return;
    }
    response.setHeader("content-type", "text/event-stream");
    for (const event of chatEvents) {
      response.write(event);
      await new Promise(setImmediate);
    }
    response.end();
  });
};

async function serve(): Promise<void> {
  const provider = createServer(providerAnswers);
  const identity = { token: randomBytes(32).toString("hex"), nonce: randomBytes(16).toString("hex") };
  let calls = 0;
  const daemon = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://localhost");
    let body = "";
    request.setEncoding("utf8");
    request.on("data", (part: string) => {
      body += part;
    });
    request.on("end", async () => {
      response.setHeader("content-type", "application/json");
      if (url.pathname === "/v1/health") {
        const proof = await proveIdentity(identity, url.searchParams.get("challenge") ?? "");
        response.end(JSON.stringify({ name: "taximeter", protocol: 1, proof }));
        return;
      }
      calls += body.split("\n").filter((line) => line !== "").length;
      response.end(JSON.stringify({ results: [] }));
    });
  });
  const ports = await Promise.all(
    [provider, daemon].map(
      (server) =>
        new Promise<number>((resolve) =>
          server.listen(0, "127.0.0.1", () => {
            const address = server.address();
            resolve(typeof address === "object" && address !== null ? address.port : 0);
          }),
        ),
    ),
  );
  process.send?.({ ports, identity });
  process.on("message", () => process.send?.({ calls }));
}

async function callRepeatedly(): Promise<void> {
  const port = process.env["BENCH_PORT"];
  const base = `http://127.0.0.1:${port}`;
  const { default: OpenAI } = await import("openai");
  const plain = new OpenAI({ baseURL: `${base}/v1`, apiKey: "none" });
  const streaming = new OpenAI({ baseURL: `${base}/stream/v1`, apiKey: "none" });
  const messages = [{ role: "user" as const, content: "some words to the model ".repeat(150) }];
  const body = { model: "gpt-4o-mini", messages };
  const request = (streamed: boolean) => ({
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ ...body, stream: streamed }),
  });
  const plainFetch = async (from: string) =>
    (await fetch(`${from}/v1/chat/completions`, request(false))).json();
  const streamFetch = async (from: string) => {
    const response = await fetch(`${from}/stream/v1/chat/completions`, request(true));
    for await (const _chunk of response.body ?? []);
  };
  const calls: Record<Kind, () => Promise<unknown>> = {
    "in process": () => plainFetch(inProcessUrl),
    "in process, stream": () => streamFetch(inProcessUrl),
    fetch: () => plainFetch(base),
    "fetch stream": () => streamFetch(base),
    openai: () => plain.chat.completions.create(body),
    "openai stream": async () => {
      for await (const _chunk of await streaming.chat.completions.create({ ...body, stream: true }));
    },
  };
  const round = async (kind: Kind): Promise<Round> => {
    const wallMs: number[] = [];
    const before = process.cpuUsage();
    for (let call = 0; call < callsPerRound[kind]; call += 1) {
      const start = performance.now();
      await calls[kind]();
      wallMs.push(performance.now() - start);
    }
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    const { user, system } = process.cpuUsage(before);
    return { cpuUs: user + system, wallMs };
  };
  process.on("message", async (kind: Kind | "memory") => {
    if (kind !== "memory") return process.send?.(await round(kind));
    globalThis.gc?.();
    const { rss, heapUsed } = process.memoryUsage();
    return process.send?.({ rss, heapUsed });
  });
  process.send?.("ready");
}

const started: ChildProcess[] = [];

function startChild(role: string, execArgv: string[], env: Record<string, string>): ChildProcess {
  const child = fork(fileURLToPath(import.meta.url), ["--role", role], {
    execArgv: ["--expose-gc", ...execArgv],
    env: { ...process.env, NODE_OPTIONS: "", ...env },
  });
  started.push(child);
  return child;
}

function reply<Message>(child: ChildProcess, question?: string): Promise<Message> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null) => reject(new Error(`a child of the benchmark ended with ${code}`));
    child.once("exit", ended);
    child.once("message", (message) => {
      child.off("exit", ended);
      resolve(message as Message);
    });
    if (question !== undefined) child.send(question);
  });
}

const median = (numbers: readonly number[]) => quantile(numbers, 0.5);

async function bench(): Promise<void> {
  const home = await mkdtemp(join(tmpdir(), "taximeter-bench-"));
  try {
    const server = startChild("server", [], {});
    const { ports, identity } = await reply<{
      ports: [number, number];
      identity: { token: string; nonce: string };
    }>(server);
    const discovery = { pid: server.pid, port: ports[1], version: "bench", protocol: 1, ...identity };
    await writeFile(join(home, "daemon.json"), JSON.stringify(discovery), { mode: 0o600 });
    const env = {
      BENCH_PORT: String(ports[0]),
      TAXIMETER_HOME: home,
      TAXIMETER_PROVIDERS: `127.0.0.1:${ports[0]}=openai,${new URL(inProcessUrl).host}=openai`,
    };
    const standIn = ["--require", fileURLToPath(new URL("inProcessFetch.ts", import.meta.url))];
    const bare = startChild("client", standIn, env);
    const metered = startChild("client", [...standIn, "--require", values.register], env);
    await Promise.all([reply(bare), reply(metered)]);
    await measureCalls(bare, metered);

    const calls = await reply<{ calls: number }>(server, "count");
    const expected = kinds.reduce(
      (sum, kind) => sum + (Number(values.rounds) + warmUpRounds(kind)) * callsPerRound[kind],
      0,
    );
    if (calls.calls < expected) throw new Error(`only ${calls.calls} of ${expected} calls were metered`);
    measurePreload(home);
  } finally {
    for (const child of started) child.kill();
    await rm(home, { recursive: true, force: true });
  }
}

const warmUpRounds = (kind: Kind) => Math.ceil(WARM_UP_CALLS / callsPerRound[kind]);

/** Differences are taken of each pair of rounds, a moment apart, and their median is told: a noisy moment is one pair's. */
async function measureCalls(bare: ChildProcess, metered: ChildProcess): Promise<void> {
  for (const kind of kinds) {
    for (let warmUp = 0; warmUp < warmUpRounds(kind); warmUp += 1) {
      await reply(bare, kind);
      await reply(metered, kind);
    }
    const pairs: { without: Round; with_: Round }[] = [];
    for (let round = 0; round < Number(values.rounds); round += 1) {
      // Turn about, so that neither always comes after a pause.
      const order = round % 2 === 0 ? [bare, metered] : [metered, bare];
      const rounds = new Map<ChildProcess, Round>();
      for (const client of order) rounds.set(client, await reply<Round>(client, kind));
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
  const without = await reply<{ rss: number; heapUsed: number }>(bare, "memory");
  const with_ = await reply<{ rss: number; heapUsed: number }>(metered, "memory");
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

if (values.role === "server") await serve();
else if (values.role === "client") await callRepeatedly();
else await bench();
