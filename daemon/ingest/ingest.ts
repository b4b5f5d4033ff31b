import { setImmediate as turnOfEventLoop } from "node:timers/promises";
import type { CallReport } from "../../shared/call.ts";
import type { IngestOutcome } from "../../shared/callPages.ts";
import type { DaemonStatus } from "../../shared/daemonStatus.ts";
import { nanoUsdToDecimal } from "../../shared/money.ts";
import type { CallSites } from "../callSites/callSites.ts";
import type { Pricer } from "../pricing/pricer.ts";
import type { CallCompletion, Store, StoredCall } from "../store/store.ts";
import type { Interpretation } from "../usage/interpret.ts";
import { createNameLimits } from "./nameLimits.ts";
import type { ReportItem } from "./reportBody.ts";
import { type FieldError, readReport } from "./reportSchema.ts";
import { callCompletion, storedCall } from "./storedCall.ts";

export interface IngestSurroundings {
  store: Pick<Store, "putCalls" | "callOfResponse" | "completeCall">;
  callSites: CallSites;
  interpret(report: CallReport): Interpretation | { ignored: string };
  /** Gives a call that is known under another id that id. */
  recognise(call: StoredCall): StoredCall;
  /** Prices take a moment to load, once: the first reports wait for them. */
  pricer(): Promise<Pricer>;
  /** Who reports without a name. */
  developer: string;
  isRecording(): boolean;
  /** What really changed, after it is committed. `null`: a call that is not at hand was completed. */
  onCommitted(calls: readonly StoredCall[] | null): void;
  nowMs(): number;
  log(line: string): void;
}

/** Gives reports their meaning and price, and stores them: facts in, calls out. */
export interface Ingest {
  /**
   * One outcome per item, in order, once all of them are committed. `areParts`: they may tell only a part of calls that
   * are known already, which is nothing to be shown.
   */
  take(items: readonly ReportItem[], areParts?: boolean): Promise<IngestOutcome[]>;
  counts(): DaemonStatus["ingested"];
  /** What was not kept as it was reported, one sentence each, for a user to read. */
  warnings(): string[];
}

/** Items of one transaction: few enough that the parts of a usual batch overlap, see `take`. */
const PART = 250;
/** Clocks differ; but a call of next week would stand on top of every list until then. */
const MAX_AHEAD_MS = 24 * 3_600_000;

/** What becomes of one item: settled at once, or on its way to the store. */
type Reading =
  | { kind: "settled"; index: number; outcome: Extract<IngestOutcome, { outcome: "rejected" | "ignored" }> }
  | ({ kind: "created"; value: StoredCall } & Accepted)
  | ({ kind: "completed"; provider: string; responseId: string; complete: Completing } & Accepted);

/** What a response brings to the call that made it, which is known only when it is looked for. */
type Completing = (made: StoredCall) => CallCompletion;

type Parsed = ReturnType<typeof readReport>;

interface Accepted {
  index: number;
  callId: string;
  unknownFields: string[];
}

export function createIngest(surroundings: IngestSurroundings): Ingest {
  const { store, callSites, interpret, recognise, developer, isRecording, onCommitted, nowMs, log } =
    surroundings;
  const names = createNameLimits(nowMs);
  const counts = { accepted: 0, duplicate: 0, updated: 0, ignored: 0, rejected: 0 };

  function parse(item: ReportItem): Parsed {
    return "error" in item ? unreadable(item.error) : readReport(item.value);
  }

  async function locate(parsed: Parsed): Promise<Parsed> {
    return "errors" in parsed ? parsed : { ...parsed, report: await callSites.located(parsed.report) };
  }

  /** What is wrong with a time, or `null`. Ranges begin in 1970: what lies before would be in none. */
  function misdated(startedAtMs: number): string | null {
    if (startedAtMs < 0) return "lies before 1970";
    return startedAtMs > nowMs() + MAX_AHEAD_MS ? "lies more than a day in the future" : null;
  }

  function read(reading: Parsed, index: number, pricer: Pricer): Reading {
    if ("errors" in reading) return rejected(reading.callId, index, reading.errors);
    const { report, unknownFields } = reading;
    const { callId } = report;
    const message = misdated(Date.parse(report.startedAt));
    if (message !== null) return rejected(callId, index, [{ field: "startedAt", message }]);
    if (!isRecording()) return ignored(callId, index, "recording is paused");
    const meaning = interpret(report);
    if ("ignored" in meaning) return ignored(callId, index, meaning.ignored);
    if (meaning.effect === "creates") {
      const value = recognise(names.limited(storedCall(report, meaning, pricer, developer)));
      return { kind: "created", index, callId, unknownFields, value };
    }
    const { provider, responseId } = meaning;
    if (responseId === null) return ignored(callId, index, "names no response");
    const complete: Completing = (made) => callCompletion(report, { ...meaning, responseId }, pricer, made);
    return { kind: "completed", index, callId, unknownFields, provider, responseId, complete };
  }

  /** A mistake of ours costs the report that it was made with, not those beside it, today and at each further attempt. */
  function readOrReject(parsed: Parsed, index: number, pricer: Pricer): Reading {
    try {
      return read(parsed, index, pricer);
    } catch (error) {
      log(`ingest: ${error instanceof Error ? error.stack : String(error)}`);
      const callId = "report" in parsed ? parsed.report.callId : null;
      return rejected(callId, index, [
        { field: "", message: "could not be interpreted: the daemon's log says why" },
      ]);
    }
  }

  async function take(items: readonly ReportItem[], areParts = false): Promise<IngestOutcome[]> {
    const pricer = await surroundings.pricer();
    const outcomes = new Array<IngestOutcome>(items.length);
    // In parts, so that a long batch neither holds the event loop nor the store for long: while one is stored, the next
    // is read.
    let storing = Promise.resolve();
    for (let start = 0; start < items.length; start += PART) {
      const [readings] = await Promise.all([readPart(items, start, pricer), storing]);
      storing = takePart(readings, outcomes, areParts);
    }
    await storing;
    for (const { outcome } of outcomes) counts[outcome] += 1;
    return outcomes;
  }

  async function readPart(items: readonly ReportItem[], start: number, pricer: Pricer): Promise<Reading[]> {
    // The part before must be on its way to the store's thread first, and others may be waiting for an answer.
    await turnOfEventLoop();
    const parsed = items.slice(start, start + PART).map(parse);
    const located = parsed.some(hasStack) ? await Promise.all(parsed.map(locate)) : parsed;
    return located.map((reading, place) => readOrReject(reading, start + place, pricer));
  }

  async function takePart(readings: readonly Reading[], outcomes: IngestOutcome[], areParts: boolean) {
    for (const reading of readings) {
      if (reading.kind === "settled") outcomes[reading.index] = reading.outcome;
    }
    await putCreated(
      readings.filter((reading) => reading.kind === "created"),
      outcomes,
      areParts,
    );
    // After the calls of the same batch, for one of them may be what is completed.
    for (const reading of readings) {
      if (reading.kind === "completed") await putCompleted(reading, outcomes);
    }
  }

  async function putCreated(
    created: readonly Extract<Reading, { kind: "created" }>[],
    outcomes: IngestOutcome[],
    areParts: boolean,
  ) {
    if (created.length === 0) return;
    const puts = await store.putCalls(created.map(({ value }) => value));
    const changed: StoredCall[] = [];
    let partsChanged = false;
    created.forEach(({ index, callId, value, unknownFields }, place) => {
      const put = puts[place];
      if (put === undefined) throw new Error("The store answered with fewer outcomes than calls.");
      const { outcome } = put;
      const known = put.callId ?? callId;
      if (outcome === "ignored") {
        outcomes[index] = { callId, outcome, reason: "is no change to what is known" };
        return;
      }
      outcomes[index] = taken(outcome, callId, value, unknownFields);
      if (outcome === "updated" && areParts) partsChanged = true;
      else if (outcome !== "duplicate") changed.push(known === callId ? value : { ...value, callId: known });
    });
    if (changed.length > 0) onCommitted(changed);
    if (partsChanged) onCommitted(null);
  }

  async function putCompleted(
    completion: Extract<Reading, { kind: "completed" }>,
    outcomes: IngestOutcome[],
  ) {
    const { index, callId, provider, responseId, complete, unknownFields } = completion;
    const unknown = {
      callId,
      outcome: "ignored",
      reason: "reads a response whose call is not known",
    } as const;
    const made = await store.callOfResponse(provider, responseId);
    if (made === null) {
      outcomes[index] = unknown;
      return;
    }
    const value = complete(made);
    const { outcome } = await store.completeCall(value);
    if (outcome === "ignored") {
      outcomes[index] = unknown;
      return;
    }
    outcomes[index] = taken(outcome, callId, value, unknownFields);
    if (outcome !== "duplicate") onCommitted(null);
  }

  return { take, counts: () => ({ ...counts }), warnings: names.warnings };
}

function taken(
  outcome: "accepted" | "duplicate" | "updated",
  callId: string,
  { costNanoUsd }: Pick<StoredCall, "costNanoUsd">,
  unknownFields: readonly string[],
): IngestOutcome {
  const costUsd = costNanoUsd === null ? null : nanoUsdToDecimal(costNanoUsd);
  return {
    callId,
    outcome,
    costUsd,
    ...(unknownFields.length > 0 ? { unknownFields: [...unknownFields] } : {}),
  };
}

function hasStack(parsed: Parsed): boolean {
  return "report" in parsed && parsed.report.callStack !== undefined;
}

function unreadable(error: string): { callId: null; errors: FieldError[] } {
  return { callId: null, errors: [{ field: "", message: error }] };
}

function rejected(callId: string | null, index: number, errors: FieldError[]): Reading {
  return { kind: "settled", index, outcome: { callId, outcome: "rejected", index, errors } };
}

function ignored(callId: string, index: number, reason: string): Reading {
  return { kind: "settled", index, outcome: { callId, outcome: "ignored", reason } };
}
