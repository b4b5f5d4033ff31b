import { isDeepStrictEqual } from "node:util";
import type { DaemonConnection } from "../../../daemon/client/daemonConnection.ts";
import type { Call, CallStatus, Operation } from "../../../shared/call.ts";
import type { Usage } from "../../../shared/usage.ts";
import type { KnownGap } from "./cases.ts";
import type { RunOutcome } from "./run.ts";
import type { Exchange } from "./standin/server.ts";

export interface Judgement {
  /** What the scenario called, in its order. */
  steps: string[];
  /** Billed exchanges that are a row each, exact. */
  metered: number;
  /** Billed exchanges that are not, as it is known of them. */
  amiss: number;
  /** Why they are not. */
  gaps: KnownGap[];
  /** Each a sentence; none where all is as it should be. */
  faults: string[];
}

/** What is compared of a call. */
interface Row {
  provider: string;
  operation: Operation;
  model: string | null;
  stream: boolean;
  status: CallStatus;
  httpStatus: number | null;
  usage: Usage;
  declaredUsd: number | null;
  attempt: number;
}

/** Compares what the shim reported of a run with what the providers billed: by the rows that a real daemon makes of it. */
export async function judge(outcome: RunOutcome, daemon: DaemonConnection): Promise<Judgement> {
  const { run, exchanges, reports } = outcome;
  const faults = hostFaults(outcome);
  const unknown = exchanges.filter(({ status }) => status === 404);
  faults.push(...unknown.map(({ method, path }) => `the stand-in does not know ${method} ${path}`));

  const { results } = await daemon.request("ingest", { body: reports });
  const { calls } = await daemon.request("calls", {
    query: { from: "all", limit: 1_000, filters: { source: [run.source] } },
  });
  // A row of its own for each call, and no second report of it: reading how far a job is comes by GET, and is none.
  const posts = reports.filter(({ endpoint }) => endpoint?.method !== "GET");
  if (posts.length > calls.length) {
    const outcomes = results.map((result) => result.outcome).join(", ");
    faults.push(`${posts.length} reports for ${calls.length} calls: ${outcomes}`);
  }

  const { gaps = [], name } = run.matrixCase;
  const open = new Set<KnownGap>();
  const rows = calls.map(rowOf);
  let metered = 0;
  let amiss = 0;
  for (const exchange of exchanges.filter(({ billed }) => billed !== null)) {
    const expected = expectedRow(exchange);
    const at = rows.findIndex((row) => isDeepStrictEqual(row, expected));
    const gap = gaps.find((each) => fits(each, exchange, run.node));
    if (at !== -1) {
      rows.splice(at, 1);
      metered += 1;
    } else if (gap !== undefined) {
      open.add(gap);
      amiss += 1;
    } else
      faults.push(`not metered as billed: ${exchange.method} ${exchange.path} ${JSON.stringify(expected)}`);
  }
  // What a gap leaves behind may be a wrong row, which is the gap.
  if (rows.length > amiss) {
    faults.push(...rows.map((row) => `a row that nobody billed: ${JSON.stringify(row)}`));
  }
  const operations = new Set(calls.map(({ operationId }) => operationId));
  const firsts = exchanges.filter(({ billed, attempt }) => billed !== null && attempt === 1);
  if (gaps.length === 0 && operations.size !== firsts.length) {
    faults.push(`${operations.size} operations, of which there were ${firsts.length}`);
  }
  for (const gap of gaps) {
    const isHere = gap.nodes?.includes(run.node) ?? true;
    if (isHere && !open.has(gap)) faults.push(`a gap of ${name} has closed: "${gap.reason}"`);
  }
  return {
    steps: linesOf(outcome.without.stdout).map((line) => line.name),
    metered,
    amiss,
    gaps: [...open],
    faults,
  };
}

function fits({ exchange, nodes }: KnownGap, { method, path }: Exchange, node: 20 | 24): boolean {
  return exchange.test(`${method} ${path}`) && (nodes?.includes(node) ?? true);
}

/** A step, what came of it, and why nothing did. */
interface Line {
  name: string;
  seen: unknown;
  failed?: string;
}

function linesOf(stdout: string): Line[] {
  return stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
}

/** Every step must come to something, and to the same with the shim. */
function hostFaults({ without, metered }: RunOutcome): string[] {
  const faults: string[] = [];
  if (without.code !== 0) faults.push(`the host ended with ${without.code}: ${without.stderr}`);
  for (const { name, seen, failed } of linesOf(without.stdout)) {
    if (seen === null) faults.push(`${name} came to nothing: ${failed}`);
  }
  if (!isDeepStrictEqual(metered, without)) {
    const [before, after] = [JSON.stringify(without), JSON.stringify(metered)];
    const at = [...before].findIndex((character, index) => character !== after[index]);
    const around = (text: string) => text.slice(Math.max(0, at - 100), at + 200);
    faults.push(`the host saw ${around(after)} where without the shim it sees ${around(before)}`);
  }
  return faults;
}

function expectedRow({ provider, status: httpStatus, billed, attempt }: Exchange): Row {
  if (billed === null) throw new Error("nothing is billed here");
  const { operation, model, stream, usage, costUsd } = billed;
  const declaredUsd = costUsd === undefined ? null : Number(costUsd);
  const status = httpStatus < 400 ? "ok" : "error";
  return { provider, operation, model, stream, status, httpStatus, usage, declaredUsd, attempt };
}

function rowOf(call: Call): Row {
  const { provider, operation, requestModel, stream, status, httpStatus, usage, attempt } = call;
  const { costStatus, costUsd } = call;
  const declaredUsd = costStatus === "declared" ? Number(costUsd) : null;
  return {
    provider,
    operation,
    model: requestModel,
    stream,
    status,
    httpStatus,
    usage,
    declaredUsd,
    attempt,
  };
}
