import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { DaemonConnection } from "../../../daemon/client/daemonConnection.ts";
import { ensureNode20, ensurePackages } from "../../../scripts/lib/provision.mjs";
import type { Call } from "../../../shared/call.ts";
import { expectedRow, isStream, type RecordedExchange, recordedHosts } from "../../recordedExchanges.ts";
import { builtFile, endDaemon, startDaemon } from "../lib/daemon.ts";
import { eventually, startProcess } from "../lib/processes.ts";
import { makeCertificate } from "./certificate.ts";
import type { Client } from "./clients.ts";
import { type Encoding, REPLAY_HEADER, replayHeader, startReplayServer } from "./server.ts";

/** What the app printed of an answer. */
export interface Answer {
  label: string;
  status?: number;
  kind?: "json" | "text" | "half";
  /** SHA-256 of the text, or of the JSON as it is written down by `JSON.stringify`. */
  digest?: string;
  error?: string;
}

export interface Replayed {
  answers: Answer[];
  /** Whatever else it printed. */
  noise: string[];
  /** What the server was asked for, `label` in `HTTP version`. */
  answered: readonly { label: string; httpVersion: string }[];
  calls: Call[];
}

/** How many calls there will be in the end, and how many of them never become finished. */
export interface Outcome {
  calls: number;
  pending: number;
}

export interface Replayer {
  /** One run of an app with this client against a daemon of its own, to which nothing but the shim speaks. */
  replay(client: Client, turn: number, outcome: Outcome): Promise<Replayed>;
  remove(): Promise<void>;
}

/** `labelled`: each exchange by the label that its call will bear. */
export async function createReplayer(labelled: ReadonlyMap<string, RecordedExchange>): Promise<Replayer> {
  const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));
  const packages = await ensurePackages(here("."));
  const certificate = await makeCertificate(packages, Object.keys(recordedHosts));
  const folder = await mkdtemp(join(tmpdir(), "taximeter-recordings-"));
  for (const name of ["client.mjs", "clients.mjs", "readers.mjs", "divert.mjs"]) {
    await cp(here(name), join(folder, name));
  }
  await symlink(packages, join(folder, "node_modules"));
  await writeFile(join(folder, "authority.pem"), certificate.certificate);

  return {
    async replay(client, turn, outcome) {
      const home = await mkdtemp(join(folder, "home-"));
      const server = await startReplayServer(labelled, certificate);
      const daemon = await startDaemon(home);
      try {
        await daemon.request("status", {});
        const plan = join(home, "plan.json");
        await writeFile(
          plan,
          JSON.stringify({
            shim: builtFile("shim.mjs"),
            client: client.name,
            lanes: lanesOf(labelled, client, turn),
          }),
        );
        const workspace = join(home, "workspace");
        await mkdir(workspace);
        const preload =
          client.node === 20
            ? ["--require", builtFile("register.cjs")]
            : ["--import", builtFile("register.mjs")];
        const app = startProcess(
          client.node === 20 ? await ensureNode20() : process.execPath,
          [...preload, "--import", join(folder, "divert.mjs"), join(folder, "client.mjs"), plan],
          {
            cwd: workspace,
            env: {
              ...process.env,
              TAXIMETER_HOME: home,
              NODE_EXTRA_CA_CERTS: join(folder, "authority.pem"),
              REPLAY_PORT: String(server.port),
            },
          },
        );
        if ((await app.exited) !== 0) throw new Error(`the app failed:\n${app.output()}`);
        return {
          ...answersIn(app.output()),
          answered: server.answered,
          calls: await settled(daemon, outcome),
        };
      } finally {
        server.close();
        daemon.dispose();
        await endDaemon(home);
      }
    },
    remove: () => rm(folder, { recursive: true, force: true, maxRetries: 3 }),
  };
}

/** The calls when there are as many as there should be, or after a while: what is amiss is told by who looks at them. */
async function settled(daemon: DaemonConnection, outcome: Outcome): Promise<Call[]> {
  const isSettled = (calls: readonly Call[]) =>
    calls.length >= outcome.calls &&
    calls.filter(({ status }) => status === "pending").length === outcome.pending;
  await eventually(
    "the calls are stored",
    async () => (isSettled(await allCalls(daemon)) ? true : undefined),
    5_000,
  ).catch(() => {});
  return allCalls(daemon);
}

const LANES_PER_HOST = 6;

/** Each host is asked several things at once; the first lane is of those that follow upon each other. */
function lanesOf(labelled: ReadonlyMap<string, RecordedExchange>, client: Client, turn: number) {
  const lanes = Object.keys(recordedHosts).flatMap((host) => {
    const entries = [...labelled].filter(([, exchange]) => exchange.host === host);
    const ordered = entries.filter(([, exchange]) => isStored(exchange));
    const others = entries.filter(([, exchange]) => !isStored(exchange));
    const lane = (number: number) => others.filter((_, index) => index % LANES_PER_HOST === number);
    return [ordered, ...Array.from({ length: LANES_PER_HOST }, (_, number) => lane(number))];
  });
  return lanes.map((entries) => entries.map(([label, exchange]) => stepOf(label, exchange, client, turn)));
}

/** It makes a response that is read later, or reads or changes one. */
function isStored(exchange: RecordedExchange): boolean {
  return exchange.path.startsWith("/v1/responses/") || expectedRow(exchange)?.status === "pending";
}

function stepOf(label: string, exchange: RecordedExchange, client: Client, turn: number) {
  const index = Number(label.split("-")[1]) + turn;
  const hasBody = exchange.method === "POST";
  return {
    label,
    url: `https://${exchange.host}${exchange.path}`,
    method: exchange.method,
    headers: {
      [REPLAY_HEADER]: replayHeader(label, encodingOf(client, index), index * 31 + client.name.length),
      ...(hasBody ? { "content-type": "application/json" } : {}),
    },
    body: hasBody ? JSON.stringify(exchange.request ?? {}) : null,
    form: formOf(exchange, index),
    // Changes at another pace than the encoding, so that they meet in all pairs.
    turn: Math.floor(index / client.encodings.length),
  };
}

/** A stream may be left in its middle, of which nothing is expected but that it was. */
function formOf(exchange: RecordedExchange, index: number): "half" | "stream" | "json" | "text" {
  if (isStream(exchange)) return index % 4 === 0 && !isStored(exchange) ? "half" : "stream";
  return exchange.response.headers["content-type"]?.includes("json") ? "json" : "text";
}

function encodingOf({ encodings }: Client, index: number): Encoding {
  return encodings[index % encodings.length] ?? "identity";
}

function answersIn(output: string): Pick<Replayed, "answers" | "noise"> {
  const lines = output.split("\n").filter((line) => line !== "");
  const isAnswer = (line: string) => line.startsWith('{"label"');
  return {
    answers: lines.filter(isAnswer).map((line) => JSON.parse(line)),
    // Undici says so itself of what it calls experimental.
    noise: lines.filter((line) => !isAnswer(line) && !/ExperimentalWarning|trace-warnings/.test(line)),
  };
}

async function allCalls(daemon: DaemonConnection): Promise<Call[]> {
  const calls: Call[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = await daemon.request("calls", {
      query: { from: "all", limit: 100, ...(cursor === undefined ? {} : { cursor }) },
    });
    calls.push(...page.calls);
    if (page.nextCursor === null) return calls;
    cursor = page.nextCursor;
  }
}
