import type { JsonObject, JsonValue, Operation } from "../../../../shared/call.ts";
import type { Usage } from "../../../../shared/usage.ts";

/** A request as a speaker gets it. */
export interface AskedOf {
  method: string;
  /** Decoded, without the query string. */
  path: string;
  body: JsonObject;
  /** How many exchanges the provider has had, this one included: figures follow from it, so that no two are alike. */
  nth: number;
  /** A name that no other answer has; long enough to be believed. */
  name(kind: string): string;
}

/** What a provider bills for one exchange, in our words. */
export interface Billed {
  operation: Operation;
  model: string | null;
  stream: boolean;
  usage: Usage;
  /** What the provider itself says that it costs. */
  costUsd?: string;
}

export interface Answer {
  status: number;
  headers: Record<string, string>;
  /** The body, in the pieces that it is sent in. */
  pieces: readonly (string | Uint8Array)[];
  /** `null`: nothing is billed. */
  billed: Billed | null;
}

/** A provider that speaks its own wire format; `undefined` where it has no such endpoint. */
export type Speaker = (asked: AskedOf) => Answer | undefined;

/** Tokens of an exchange. */
export function tokensOf({ nth }: AskedOf): { input: number; output: number } {
  return { input: 100 + 7 * nth, output: 20 + 3 * nth };
}

export function modelOf({ body }: AskedOf): string {
  const { model } = body;
  if (typeof model !== "string") throw new Error("the request names no model");
  return model;
}

/** An answer that is one JSON document. */
export function document(value: JsonValue, billed: Billed | null): Answer {
  return {
    status: 200,
    headers: { "content-type": "application/json" },
    pieces: [JSON.stringify(value)],
    billed,
  };
}

/** An answer that is a stream of server-sent events, nameless ones or by name; a text stands for itself. */
export function eventStream(
  events: readonly (JsonObject | string | { event: string; data: JsonObject })[],
  billed: Billed,
): Answer {
  const pieces = events.map((event) => {
    if (typeof event === "string") return `data: ${event}\n\n`;
    if (isNamed(event)) return `event: ${event.event}\ndata: ${JSON.stringify(event.data)}\n\n`;
    return `data: ${JSON.stringify(event)}\n\n`;
  });
  return { status: 200, headers: { "content-type": "text/event-stream; charset=utf-8" }, pieces, billed };
}

function isNamed(event: JsonObject): event is { event: string; data: JsonObject } {
  return typeof event["event"] === "string" && typeof event["data"] === "object";
}
