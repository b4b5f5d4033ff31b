import { AsyncLocalStorage } from "node:async_hooks";
import type { Attributes, SourceKind } from "../../shared/call.ts";
import { oneLine } from "../../shared/oneLine.ts";
import { MAX_NAME_LENGTH, type Source, sourceKindOf, sourcePrefixes } from "../../shared/sources.ts";
import type { Carrier } from "./queues/queue.ts";
import { bindEvents } from "./requestEvents.ts";
import { routeOf, routeOfPattern } from "./route.ts";
import { findPattern, type Inbound, release } from "./routes/inbound.ts";

/** What a call is attributed to besides its source. */
export interface Labels {
  feature: string | null;
  conversationId: string | null;
  messageId: string | null;
  attributes: Attributes;
}

/** What is known where a call is made. A scope never changes: an inner one is a new object. */
export interface Scope extends Labels {
  /** Set by `withSource`, `withJob` or `withAction`, or by the job that a framework runs. */
  explicit: Source | null;
  /** The inbound request being served. */
  inbound: Inbound | null;
  /** The test that runs. */
  test: Source | null;
  /** It was brought here past the asynchronous context, from where the work was given to a queue. */
  isCarried?: true;
}

export interface SourceOptions {
  /** Keeps the source that an outer `withSource`, `withJob` or `withAction` set. */
  onlyIfUnset?: boolean;
}

/** As given to `withAttributes`: three names of their own, any others are labels. */
export type AttributeInput = Partial<Record<"feature" | "conversationId" | "messageId", string>> &
  Record<string, string | number | boolean | null | undefined>;

/** As much of a diagnostics channel as is needed: the types of the API must not ask for those of Node. */
export interface StoreChannel {
  bindStore(store: object, transform: (message: unknown) => Scope): void;
}

/** Where the code that runs was called from, carried along every await, timer and stream. */
export interface Attribution {
  current(): Scope;
  withSource<Result>(source: Source, fn: () => Result, options?: SourceOptions): Result;
  withAttributes<Result>(attributes: AttributeInput, fn: () => Result): Result;
  /** Runs a job: nothing of where its framework was started or asked for it holds inside. */
  withJob<Result>(source: Source, fn: () => Result): Result;
  /** Runs a test, in the same way. */
  withTest<Result>(source: Source, fn: () => Result): Result;
  /**
   * From here on this asynchronous execution serves an inbound request, by which a job may be run. `answered` is called when
   * the host has handed its answer over or the client is gone, possibly both.
   */
  enterRequest(inbound: Inbound, emitters: RequestEmitters, job: Source | null, answered?: () => void): void;
  /** The request being served, if any, to be told more of. */
  inbound(): Inbound | null;
  /** Takes what is known here to where a queue does the work that it was given here. */
  carrier: Carrier;
  /** What is published on the channel runs with the labels told by the message, where it has none of its own. */
  bindLabels(channel: StoreChannel, inputOf: (message: unknown) => AttributeInput | null): void;
}

/** What Node tells of a request by; over HTTP/2 both are one stream. */
export interface RequestEmitters {
  request: unknown;
  /** When it is closed the request is answered, or its client is gone. */
  response: unknown;
}

const MAX_LABELS = 32;

/** Nothing is known. */
export const noLabels: Labels = Object.freeze({
  feature: null,
  conversationId: null,
  messageId: null,
  attributes: Object.freeze({}),
});

const outside: Scope = Object.freeze({ explicit: null, inbound: null, test: null, ...noLabels });

export function createAttribution(): Attribution {
  const storage = new AsyncLocalStorage<Scope>();
  const carried = new WeakMap<Scope, Scope>();
  const current = () => storage.getStore() ?? outside;
  return {
    current() {
      const scope = current();
      // Frameworks take their marks away again, and those of some hold only where the call is made.
      if (scope.inbound !== null) findPattern(scope.inbound);
      return scope;
    },
    inbound: () => current().inbound,
    withSource(explicit, fn, options) {
      const scope = current();
      if (options?.onlyIfUnset && scope.explicit !== null) return fn();
      return storage.run({ ...scope, explicit }, fn);
    },
    withAttributes(attributes, fn) {
      const scope = current();
      return storage.run({ ...scope, ...labelsWithin(scope, attributes) }, fn);
    },
    withJob(explicit, fn) {
      return storage.run({ ...outside, explicit }, fn);
    },
    withTest(test, fn) {
      return storage.run({ ...outside, test }, fn);
    },
    enterRequest(inbound, { request, response }, explicit, answered = () => {}) {
      const scope = { ...outside, explicit, inbound };
      const isWithin = () => storage.getStore()?.inbound === inbound;
      const enter = (emit: () => unknown) => storage.run(scope, emit);
      storage.enterWith(scope);
      bindEvents(response, {
        isWithin,
        enter,
        answered,
        closed() {
          answered();
          release(inbound);
        },
      });
      if (request !== response) bindEvents(request, { isWithin, enter });
    },
    carrier: {
      nobody: outside,
      take() {
        const scope = current();
        if (scope.isCarried) return scope;
        // The same for the same, as retries are known by it.
        const known = carried.get(scope);
        if (known !== undefined) return known;
        const made: Scope = { ...scope, isCarried: true };
        carried.set(scope, made);
        return made;
      },
      run: (scope, step) => storage.run(scope, step),
    },
    bindLabels(channel, inputOf) {
      channel.bindStore(storage, (message: unknown) => {
        const scope = current();
        try {
          const input = inputOf(message);
          return input === null ? scope : { ...scope, ...filledLabels(scope, input) };
        } catch {
          // Node would end the process over it.
          return scope;
        }
      });
    },
  };
}

/** A name as it is kept: one line, at most `MAX_NAME_LENGTH` long, `null` where it is none. */
export function name(value: unknown): string | null {
  switch (typeof value) {
    case "string":
      return oneLine(value, MAX_NAME_LENGTH) || null;
    case "number":
    case "boolean":
    case "bigint":
      return String(value);
    default:
      return null;
  }
}

export function namedSource(source: string, kind?: SourceKind): Source {
  const text = oneLine(source, MAX_NAME_LENGTH);
  return { source: text, sourceKind: kind ?? sourceKindOf(text) };
}

/** A source as the host gives it, which may be anything; `null` where it names none. */
export function givenSource(value: unknown, kind?: keyof typeof sourcePrefixes): Source | null {
  const text = name(value);
  if (text === null) return null;
  return kind === undefined ? namedSource(text) : namedSource(`${sourcePrefixes[kind]}${text}`, kind);
}

/** The labels within `input`; those around it where it is none that can be read. */
export function labelsWithin(outer: Labels, input: AttributeInput): Labels {
  try {
    return mergedLabels(outer, input);
  } catch {
    return outer;
  }
}

function mergedLabels(outer: Labels, input: AttributeInput): Labels {
  const { feature, conversationId, messageId, ...labels } = input;
  const attributes: Attributes = { ...outer.attributes };
  let room = MAX_LABELS - Object.keys(attributes).length;
  for (const [label, value] of Object.entries(labels)) {
    const text = name(value);
    if (text === null || label.length > MAX_NAME_LENGTH) continue;
    if (!(label in attributes)) room -= 1;
    if (room >= 0 || label in attributes) attributes[label] = text;
  }
  return {
    feature: name(feature) ?? outer.feature,
    conversationId: name(conversationId) ?? outer.conversationId,
    messageId: name(messageId) ?? outer.messageId,
    attributes,
  };
}

/** The outer labels with those of the input that they lack. */
export function filledLabels(outer: Labels, input: AttributeInput): Labels {
  const { feature, conversationId, messageId, attributes } = mergedLabels(noLabels, input);
  const filled = { ...outer.attributes };
  for (const label of Object.keys(attributes).slice(0, MAX_LABELS - Object.keys(filled).length)) {
    filled[label] ??= attributes[label] ?? "";
  }
  return {
    feature: outer.feature ?? feature,
    conversationId: outer.conversationId ?? conversationId,
    messageId: outer.messageId ?? messageId,
    attributes: filled,
  };
}

/** Sources of the whole process, used where a scope has none of its own. */
export interface ProcessSources {
  /** `TAXIMETER_SOURCE`. */
  declared: Source | null;
  script(): Source | null;
}

/** The source of a scope: explicit, else the route being served, the running test, the process's own, its entry script. */
export function sourceOf(scope: Scope, sources: ProcessSources): Source | null {
  if (scope.explicit !== null) return scope.explicit;
  if (scope.inbound !== null) return { source: routeSource(scope.inbound), sourceKind: "route" };
  return scope.test ?? sources.declared ?? sources.script();
}

function routeSource(inbound: Inbound): string {
  return routeOfPattern(findPattern(inbound)) ?? routeOf(inbound.url);
}
