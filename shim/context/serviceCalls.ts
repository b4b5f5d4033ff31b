import type { Scope } from "./attribution.ts";
import type { CapturedStack } from "./callSite.ts";
import type { Asked } from "./conversation.ts";
import { AWAITING, placeOf } from "./stackPlace.ts";

/** The calls in a request's name. */
export interface ServiceCalls {
  /** Something that is done in its name is done for others too. */
  lent: boolean;
  running: Set<string>;
  /** The first of those whose place nobody has looked at yet, as they began. */
  begun: BegunCall[];
  /** Of each place in the code the first call from there. */
  places: Map<string, FirstCall>;
}

export interface FirstCall extends BegunCall {
  /** What it asked, if it ended after the request's answer. */
  asked?: Asked;
  /** It is from this place that others are worked for. */
  lent: boolean;
}

export interface BegunCall {
  callId: string;
  scope: Scope;
  stack: CapturedStack | undefined;
  /** What ran in the request's name when it began. */
  alongside: ReadonlySet<string>;
  /** The number of the request that was the last by then. */
  latest: number;
  /** The turn of the event loop that it began in, by its number; of those in which no other request was served, 0. */
  turn: number;
  /** What set it off was the end of a call in the same request's name. */
  goesOn: boolean;
  /** The call of another request's whose end set it off. */
  setOffBy: { stack: CapturedStack | undefined } | null;
}

/** Of one request; what is called from further ones is called for the first time. */
const MAX_PLACES = 50;

/** The first call in a request's name from this place. */
export function firstAt(place: string, calls: ServiceCalls | null): FirstCall | undefined {
  if (calls === null) return undefined;
  const { begun, places } = calls;
  for (const call of begun.splice(0)) {
    const its = placeIn(call);
    if (places.size < MAX_PLACES && sameIn(places, its) === undefined)
      places.set(its, { ...call, stack: undefined, setOffBy: null, lent: false });
  }
  return sameIn(places, place);
}

/**
 * A loop is called from where it was started and resumed from nowhere: what is nearest to the call is the same. What is
 * awaited from further out is no loop, but may have a helper in common with one.
 */
function sameIn(places: ReadonlyMap<string, FirstCall>, place: string): FirstCall | undefined {
  const exact = places.get(place);
  if (exact !== undefined || place === "") return exact;
  for (const [other, call] of places) {
    if (other !== "" && (isResumed(place, other) || isResumed(other, place))) return call;
  }
  return undefined;
}

function isResumed(place: string, called: string): boolean {
  return called.startsWith(place) && !called.startsWith(AWAITING, place.length);
}

/** Whether a call that is not the first from its place may be a pool's: one that did not begin in one go with the first. */
export function mayBePools(call: BegunCall | undefined, first: FirstCall, outlives: boolean): boolean {
  const inOneGo = call?.turn === first.turn;
  if (outlives) return !(inOneGo && call.goesOn);
  return !inOneGo && call?.alongside.has(first.callId) === true;
}

export function placeIn({ stack }: Pick<BegunCall, "stack">): string {
  return stack === undefined ? "" : placeOf(stack);
}
