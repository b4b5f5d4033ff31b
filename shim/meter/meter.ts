import type { CallReport } from "../../shared/call.ts";
import { type ProcessSources, type Scope, sourceOf } from "../context/attribution.ts";
import { type CallPlace, type CapturedStack, callPlaceIn } from "../context/callSite.ts";
import type { RequestWork, Work } from "../context/requestWork.ts";
import type { RequestFacts } from "../extract/requestScan.ts";
import type { Guard } from "../guard.ts";
import type { Protection } from "../protection/protection.ts";
import { createAttempts } from "./attempts.ts";
import { type Connection, type ConnectionStart, createConnection } from "./connection.ts";
import { createExchange, type Exchange, type ExchangeStart } from "./exchange.ts";
import type { MeteredCall } from "./meteredCall.ts";
import { createReportWriter } from "./reportLine.ts";
import { createTurn } from "./turn.ts";

/** A call that takes longer is told of before it ends. */
export const PENDING_AFTER_MS = 1_000;

/** Something that becomes a report when it is about to be sent. */
export interface Reportable {
  /** One line of JSON; `null` where there is nothing to be told. */
  line(): string | null;
}

export interface ProcessFacts extends ProcessSources {
  runId: string;
  workspace(): string | null;
  git(): { gitBranch: string | null; gitCommit: string | null };
}

export interface MeterSurroundings {
  /** What is known where the code that runs was called from. */
  scope(): Scope;
  process: ProcessFacts;
  guard: Guard;
  /** Of the parts that say whose a call is: without them it is metered all the same. */
  placing: Guard;
  makeId(nowMs: number): string;
  epochNow(): number;
  now(): number;
  fingerprint(path: string, body: string, facts: RequestFacts): string | null;
  protection: Pick<Protection, "admit" | "answered" | "ended">;
  requestWork: Pick<RequestWork, "callBegan" | "callEnded" | "scopeOf">;
  /** Nothing of the developer's code is in this stack, or none for certain. */
  unplaced(stack: CapturedStack, place: CallPlace): void;
  /** Something is ready to be sent. */
  send(item: Reportable): void;
  /** A call began, which may be worth a `pending` report later. */
  onBegin(): void;
}

/** Follows calls from their first byte to their report. */
export interface Meter {
  begin(start: ExchangeStart): Exchange;
  /** A connection whose turns are calls; they belong to where it was opened. */
  connect(start: ConnectionStart): Connection;
  /** A report made by hand, completed with where it was made: scope, call site and process. */
  lineOf(report: CallReport, scope: Scope, stack: CapturedStack | undefined): string;
  /** Calls under way for longer than `PENDING_AFTER_MS` that were not told of yet, as `pending` reports. */
  overdue(): Reportable[];
  /** In how many milliseconds the next call will be overdue, or `null`. */
  nextOverdueInMs(): number | null;
  /** The process ends: whatever is under way is handed over as it stands. */
  abandonAll(): void;
  readonly seen: number;
  readonly inFlight: number;
}

const NOWHERE: CallPlace = { callSite: null };

export function createMeter(around: MeterSurroundings): Meter {
  const attempts = createAttempts();
  const inFlight = new Set<MeteredCall>();
  const told = new WeakSet<MeteredCall>();
  let seen = 0;

  const began = (call: MeteredCall) => {
    seen += 1;
    inFlight.add(call);
    around.requestWork.callBegan(call);
    around.onBegin();
  };
  const onEnd = (call: MeteredCall) => {
    inFlight.delete(call);
    around.guard.attempt(() => around.protection.ended(call.callId, () => call.facts()));
    around.guard.attempt(() => around.send(reportable(call)));
  };

  const write = createReportWriter(() => around.process.runId);
  const lineOf = (report: CallReport, call: Work): string => {
    const { process, placing, requestWork } = around;
    const { stack } = call;
    const scope =
      placing.attempt(() => requestWork.scopeOf(call, report.operationId ?? call.callId)) ?? call.scope;
    const workspace = process.workspace();
    const place = (stack && placing.attempt(() => callPlaceIn(stack, workspace))) ?? NOWHERE;
    if (stack !== undefined && (place.callSite === null || place.callStack !== undefined)) {
      placing.attempt(() => around.unplaced(stack, place));
    }
    const source = sourceOf(scope, process);
    return write(report, { source, labels: scope, place, workspace, git: process.git() });
  };

  const reportable = (call: MeteredCall): Reportable => ({
    line() {
      const facts = call.facts();
      return facts === null ? null : lineOf(facts, call);
    },
  });

  return {
    begin(start) {
      const startedAtEpochMs = around.epochNow();
      const exchange = createExchange(start, {
        callId: around.makeId(startedAtEpochMs),
        scope: around.scope(),
        startedAtEpochMs,
        now: around.now,
        attempts,
        protection: around.protection,
        requestWork: around.requestWork,
        fingerprint: around.fingerprint,
        onEnd,
      });
      began(exchange);
      return exchange;
    },
    connect({ endpoint, provider, reader, stack }) {
      const scope = around.scope();
      const { protection } = around;
      /** Drawn when the turn is asked for, where that is looked at. */
      let nextId: string | null = null;
      const begin = () => {
        const startedAtEpochMs = around.epochNow();
        const callId = nextId ?? around.makeId(startedAtEpochMs);
        nextId = null;
        const turn = createTurn({
          endpoint,
          provider,
          scope,
          stack,
          requestWork: around.requestWork,
          protection,
          callId,
          startedAtEpochMs,
          now: around.now,
          onEnd,
        });
        began(turn);
        return turn;
      };
      return createConnection(reader, {
        begin,
        admit(turn) {
          nextId ??= around.makeId(around.epochNow());
          return protection.admit({ callId: nextId, endpoint, provider, scope, turn });
        },
        closed() {
          if (nextId !== null) protection.ended(nextId, () => null);
        },
      });
    },
    lineOf: (report, scope, stack) => lineOf(report, { callId: report.callId, scope, stack }),
    overdue() {
      const before = around.now() - PENDING_AFTER_MS;
      const pending: Reportable[] = [];
      for (const exchange of inFlight) {
        if (exchange.startedAtMs > before) break;
        if (told.has(exchange) || !exchange.isCall()) continue;
        told.add(exchange);
        pending.push(reportable(exchange));
      }
      return pending;
    },
    nextOverdueInMs() {
      for (const exchange of inFlight) {
        if (told.has(exchange) || !exchange.isCall()) continue;
        return exchange.startedAtMs + PENDING_AFTER_MS - around.now();
      }
      return null;
    },
    abandonAll() {
      for (const exchange of inFlight) around.guard.attempt(() => exchange.abandon());
    },
    get seen() {
      return seen;
    },
    get inFlight() {
      return inFlight.size;
    },
  };
}
