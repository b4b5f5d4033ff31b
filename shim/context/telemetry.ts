import { type Channel, channel } from "node:diagnostics_channel";
import { type AttributeInput, filledLabels, type Scope } from "./attribution.ts";

/**
 * What the host tells its own telemetry of a call, taken where it says nothing to us: names that it gave, never content.
 */
export interface Telemetry {
  /** The scope with what OpenTelemetry knows here; the same object for the same answer, as retries are known by it. */
  within(scope: Scope): Scope;
}

/** Where every copy of `@opentelemetry/api` of its only major version leaves what was registered with it. */
const API = Symbol.for("opentelemetry.js.api.1");
const SPAN = Symbol.for("OpenTelemetry Context Key SPAN");
const BAGGAGE = Symbol.for("OpenTelemetry Baggage Key");

/** The AI SDK up to 6 writes these into its spans; `gen_ai` and `session` are OpenTelemetry's own. */
const FUNCTION_ID = "ai.telemetry.functionId";
const METADATA = "ai.telemetry.metadata.";
const CONVERSATIONS = ["gen_ai.conversation.id", "session.id"];

export function createTelemetry(): Telemetry {
  const latest = new WeakMap<Scope, { told: string; scope: Scope }>();
  return {
    within(scope) {
      const input = activeAttributes();
      if (input === null) return scope;
      const told = JSON.stringify(input);
      const known = latest.get(scope);
      if (known?.told === told) return known.scope;
      const filled = { ...scope, ...filledLabels(scope, input) };
      latest.set(scope, { told, scope: filled });
      return filled;
    },
  };
}

function activeAttributes(): AttributeInput | null {
  const api: unknown = Reflect.get(globalThis, API);
  const manager = memberOf(api, "context");
  const context = called(manager, "active");
  if (context === undefined) return null;
  const attributes = memberOf(called(context, "getValue", SPAN), "attributes");
  const entries = called(called(context, "getValue", BAGGAGE), "getAllEntries");
  const input: AttributeInput = {};
  if (Array.isArray(entries)) for (const entry of entries) addBaggage(input, entry);
  if (isRecord(attributes)) addSpan(input, attributes);
  return Object.keys(input).length === 0 ? null : input;
}

/** Sentry propagates its traces by baggage of its own, another one for each request. */
function addBaggage(input: AttributeInput, entry: unknown): void {
  if (!Array.isArray(entry)) return;
  const [name, held] = entry;
  const value = memberOf(held, "value");
  if (typeof name === "string" && typeof value === "string" && !name.startsWith("sentry-")) {
    input[name] = value;
  }
}

function addSpan(input: AttributeInput, attributes: Record<string, unknown>): void {
  for (const key in attributes) {
    if (key.startsWith(METADATA)) add(input, key.slice(METADATA.length), attributes[key]);
  }
  if (input.feature === undefined) add(input, "feature", attributes[FUNCTION_ID]);
  for (const key of CONVERSATIONS) {
    if (input.conversationId === undefined) add(input, "conversationId", attributes[key]);
  }
}

function add(input: AttributeInput, name: string, value: unknown): void {
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") {
    Object.assign(input, { [name]: value });
  }
}

/**
 * The AI SDK from 7 on announces its work on a channel, and carries down to its requests what subscribers bind to it.
 * `bind`: how a scope is bound to a channel.
 */
export function watchAiSdk(
  bind: (channel: Channel, inputOf: (message: unknown) => AttributeInput | null) => void,
): void {
  bind(channel("tracing:ai:telemetry:start"), (message) => {
    const event = memberOf(message, "event");
    if (!isRecord(event)) return null;
    const input: AttributeInput = {};
    const context = event["runtimeContext"];
    if (isRecord(context)) for (const key in context) add(input, key, context[key]);
    if (input.feature === undefined) add(input, "feature", event["functionId"]);
    return Object.keys(input).length === 0 ? null : input;
  });
}

function memberOf(value: unknown, name: string): unknown {
  return isRecord(value) ? value[name] : undefined;
}

function called(value: unknown, name: string, ...args: unknown[]): unknown {
  const method = memberOf(value, name);
  return typeof method === "function" ? Reflect.apply(method, value, args) : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
