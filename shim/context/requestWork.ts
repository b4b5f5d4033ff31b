import { foldedPath } from "../../shared/foldedPath.ts";
import { noLabels, type Scope } from "./attribution.ts";
import type { CapturedStack } from "./callSite.ts";
import { askedOf, goesOnFrom } from "./conversation.ts";
import type { Inbound } from "./routes/inbound.ts";
import { type BegunCall, firstAt, mayBePools, placeIn, type ServiceCalls } from "./serviceCalls.ts";
import { meetFurtherOut } from "./stackPlace.ts";

/**
 * Tells work that is done for a request from work that is only done in its asynchronous context: a queue, a pool or a poll
 * that was started while the request was served, and works for others since, inherits that context for life.
 *
 * Nothing in Node says for whom a queue works. So a request's name holds for all that its answer waits for, and for what goes
 * on after it, unless something speaks against it:
 *
 * - Another request is answered in the very turn of the event loop in which a call ended: it was that one which waited for
 *   it. Where another's call begins in that turn, of the two the one that is not the first from its place is the pool's;
 *   unless both go through the same code further out, which lets so many at a time and has let the next one in.
 * - What outlives the answer calls from the same place once more (not in one go with the first, where an own call led to
 *   both, nor as an agent goes on when its tool has answered), and a request that came before and may have brought that work
 *   has never been at this place itself: where each request does such work by itself, it would have been.
 * - Something calls from one place while its first call from there is under way, not in one go with it, and no other request
 *   has ever been at this place itself.
 *
 * Where in doubt, a call has no request: to name none is less wrong than to name another.
 */
export interface RequestWork {
  began(inbound: Inbound): void;
  /** The host has handed its answer over, or its client is gone. */
  answered(inbound: Inbound): void;
  callBegan(call: Work): void;
  /** Its last byte has come, and the host's code that waits for it has not run yet. */
  callEnded(call: Work): void;
  /** The scope of a call, without the request where it was not made for it. `operationId` tells what it repeats. */
  scopeOf(call: Work, operationId: string): Scope;
}

/** A call, known again as the object that it is. */
export interface Work {
  readonly callId: string;
  readonly scope: Scope;
  readonly stack: CapturedStack | undefined;
  /** The parts of its prompt, where they are at hand. */
  prompts?(): readonly string[];
  /** Kept by `createRequestWork`: the garbage collector has to look through weak references each time that it runs. */
  begun?: BegunCall;
  ending?: Ending;
}

/** How far a request has come in being served. */
export interface Service {
  /** Requests are counted as they come. */
  readonly number: number;
  /** When its answer was handed over: the number of the request that was the last by then, and monotonic milliseconds. */
  answered: { number: number; atMs: number } | null;
  /** The calls in its name. */
  calls: ServiceCalls | null;
}

/** Who got on in the turn of the event loop that the end of a call began. */
export interface Ending {
  inbound: Inbound;
  /** The request had been answered before. */
  outlivesAnswer: boolean;
  stack: CapturedStack | undefined;
  otherIsAnswered: boolean;
  /** A call of another request's, the first that began. */
  otherCall: Pick<Work, "stack"> | null;
}

export interface RequestWorkSurroundings {
  /** Monotonic, milliseconds. */
  now(): number;
  /** Runs a step when all that follows at once from what happens now has run, and before the event loop goes on. */
  afterThisTurn(step: () => void): void;
}

/** What begins for the first time so long after the answer could be anybody's, if others came meanwhile. */
const FIRST_WITHIN_MS = 60_000;
const ALONE_WITHIN_MS = 3_600_000;
const RECENT_REQUESTS = 256;
/** Their stacks are kept. Who calls more often, and nothing ever speaks against its name, does no work for others. */
const MAX_UNPLACED = 16;

const nothing: ReadonlySet<string> = new Set();

export function createRequestWork({ now, afterThisTurn }: RequestWorkSurroundings): RequestWork {
  const recent: Inbound[] = [];
  /** The end of a call that the running turn of the event loop began with; `null` where there were several. */
  let turn: Ending | null | undefined;
  let count = 0;
  let underWay = 0;
  /** Turns in which a call began are counted; `null` between them. */
  let beginning: number | null = null;
  let beginnings = 0;

  const numberOfTurn = (): number => {
    if (beginning === null) {
      beginnings += 1;
      beginning = beginnings;
      afterThisTurn(() => {
        beginning = null;
      });
    }
    return beginning;
  };

  /** Whether a request that was never at this place itself may have brought work there, from when this one came. */
  const othersMayHaveBroughtIt = (
    inbound: Inbound,
    { number }: Service,
    place: string,
    latest: number,
  ): boolean => {
    if (count - number >= RECENT_REQUESTS) return true;
    const path = foldedPath(inbound.url);
    return recent.some(
      (other) =>
        other !== inbound &&
        other.service !== null &&
        other.service.number <= latest &&
        (other.service.answered?.number ?? count) >= number &&
        (!isOnlyReading(other.method) || foldedPath(other.url) === path) &&
        firstAt(place, other.service.calls) === undefined,
    );
  };

  const othersHaveBeenAt = (inbound: Inbound, place: string): boolean =>
    recent.some((other) => other !== inbound && firstAt(place, other.service?.calls ?? null) !== undefined);

  const outlivesAnswer = ({ answered }: Service, { ending }: Work): boolean =>
    ending === undefined ? answered !== null : ending.outlivesAnswer;

  return {
    began(inbound) {
      count += 1;
      underWay += 1;
      inbound.service = { number: count, answered: null, calls: null };
      recent[count % RECENT_REQUESTS] = inbound;
    },
    answered(inbound) {
      if (turn && turn.inbound !== inbound) turn.otherIsAnswered = true;
      if (inbound.service === null || inbound.service.answered !== null) return;
      underWay -= 1;
      inbound.service.answered = { number: count, atMs: now() };
    },
    callBegan(call) {
      const { callId, scope, stack } = call;
      const service = scope.inbound?.service;
      if (scope.inbound == null || service == null || scope.isCarried) return;
      // No more than its stack: a request must not hold on to others.
      const other = turn && turn.inbound !== scope.inbound ? turn : null;
      const setOffBy = other && { stack: other.stack };
      service.calls ??= { lent: false, running: new Set(), begun: [], places: new Map() };
      const { calls } = service;
      // Not the call itself, which has its body with it.
      const alongside = calls.running.size === 0 ? nothing : new Set(calls.running);
      const isAlone = underWay <= 1 && count === service.number;
      const turnNumber = isAlone ? 0 : numberOfTurn();
      const goesOn = turn?.inbound === scope.inbound;
      const known = { callId, scope, stack, alongside, latest: count, turn: turnNumber, goesOn, setOffBy };
      call.begun = known;
      if (other !== null) other.otherCall ??= { stack };
      if (calls.begun.length < MAX_UNPLACED) calls.begun.push(known);
      calls.running.add(callId);
    },
    callEnded(call) {
      const { inbound, isCarried } = call.scope;
      if (inbound === null || isCarried) return;
      const { service } = inbound;
      service?.calls?.running.delete(call.callId);
      const outlivesAnswer = service !== null && service.answered !== null;
      const ending: Ending = {
        inbound,
        outlivesAnswer,
        stack: call.stack,
        otherIsAnswered: false,
        otherCall: null,
      };
      call.ending = ending;
      if (turn === undefined) {
        afterThisTurn(() => {
          turn = undefined;
        });
      }
      turn = turn === undefined || turn?.inbound === inbound ? ending : null;
    },
    scopeOf(call, operationId) {
      const { callId, scope } = call;
      const { inbound } = scope;
      // What the code itself says of its source is its own affair, and a queue that is known has said for whom it works.
      if (inbound === null || inbound.service === null || scope.explicit !== null || scope.isCarried)
        return scope;
      const { service } = inbound;
      const { begun: known, ending } = call;
      const outlives = outlivesAnswer(service, call);
      const mayBeForAnother =
        outlives ||
        service.calls?.lent ||
        known?.setOffBy ||
        (known !== undefined && known.alongside.size > 0) ||
        ending?.otherIsAnswered ||
        ending?.otherCall;
      // To tell places apart takes longer than all else that is done for most calls.
      if (!mayBeForAnother) return scope;
      const place = placeIn(call);
      const first = firstAt(place, service.calls);
      const isFirst = first === undefined || first.callId === callId || first.callId === operationId;
      if (outlives && isFirst && first !== undefined) first.asked ??= askedOf(call.prompts?.() ?? []);
      const afterMs = service.answered === null ? 0 : now() - service.answered.atMs;
      const isForAnother =
        ending?.otherIsAnswered ||
        first?.lent ||
        afterMs > ALONE_WITHIN_MS ||
        service.calls?.lent ||
        (!isFirst && (isOfPool(call, ending?.otherCall) || isOfPool(call, known?.setOffBy))) ||
        ((isFirst ? afterMs > FIRST_WITHIN_MS : mayBePools(known, first, outlives)) &&
          othersMayHaveBroughtIt(inbound, service, place, known?.latest ?? count) &&
          (outlives || !othersHaveBeenAt(inbound, place)) &&
          !(first?.asked && !isFirst && goesOnFrom(first.asked, call.prompts?.() ?? [])));
      if (!isForAnother) return scope;
      if (first !== undefined) first.lent = true;
      if (service.calls !== null) service.calls.lent = true;
      // Labels that are the same as ever were inherited with the request; others were given to this very work.
      return { ...scope, inbound: null, ...(first === undefined || first.scope === scope ? noLabels : {}) };
    },
  };
}

/** Whether of two calls, of which the one began as the other ended, this one may be a pool's. */
function isOfPool(call: Pick<Work, "stack">, other: Pick<Work, "stack"> | null | undefined): boolean {
  if (other == null) return false;
  return call.stack === undefined || other.stack === undefined || !meetFurtherOut(call.stack, other.stack);
}

function isOnlyReading(method: string): boolean {
  return method === "GET" || method === "HEAD" || method === "OPTIONS";
}
