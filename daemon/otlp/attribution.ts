import type { Attributes, CallReport, SourceKind } from "../../shared/call.ts";
import { foldedPath } from "../../shared/foldedPath.ts";
import { oneLine } from "../../shared/oneLine.ts";
import { MAX_NAME_LENGTH, type Source, sourcePrefixes } from "../../shared/sources.ts";
import { type AttributeValue, type Span, type SpanAttributes, textOf } from "./span.ts";

/** To whom the calls within a span belong, as far as it says. */
export interface Attribution {
  source: string | null;
  sourceKind: SourceKind | null;
  feature: string | null;
  conversationId: string | null;
  messageId: string | null;
  attributes: Attributes;
}

/** Labels of one span at most, shorter than a call may have in all. */
const MAX_LABELS = 20;

/** Prefixes of attributes that developers add of their own accord. */
const labelPrefixes = [
  "ai.telemetry.metadata.",
  "ai.settings.context.",
  "traceloop.association.properties.",
  "langfuse.trace.metadata.",
  "langfuse.observation.metadata.",
];

/** Names of labels that are conversations, whoever gave them. */
const conversationNames = [
  "conversationId",
  "conversation_id",
  "chatId",
  "chat_id",
  "threadId",
  "thread_id",
  "sessionId",
  "session_id",
];
const messageNames = ["messageId", "message_id"];

/** What a span says of the calls within it. */
export function attributionOf(span: Span): Attribution {
  const { attributes } = span;
  const labels = labelsOf(attributes);
  const conversation = take(labels, conversationNames);
  const messageId = take(labels, messageNames);
  const conversationId =
    textOf(attributes, "gen_ai.conversation.id", "session.id", "langfuse.session.id") ?? conversation;
  return { ...servedSource(span), feature: featureOf(span), conversationId, messageId, attributes: labels };
}

/** What is nearer to the call stands; what is around it fills up. */
export function joined(inner: Attribution, outer: Attribution): Attribution {
  // A kind goes with its source.
  const { source, sourceKind } = inner.source === null ? outer : inner;
  return {
    source,
    sourceKind,
    feature: inner.feature ?? outer.feature,
    conversationId: inner.conversationId ?? outer.conversationId,
    messageId: inner.messageId ?? outer.messageId,
    // The inner ones first: where there are too many, the last ones go.
    attributes: { ...inner.attributes, ...outer.attributes, ...inner.attributes },
  };
}

/** Where nothing else says it: the service, which is all that there is to say. */
export function serviceSource({ resource }: Span): Source | null {
  const name = textOf(resource, "service.name");
  if (name === null || name.startsWith("unknown_service")) return null;
  return { source: oneLine(name, MAX_NAME_LENGTH), sourceKind: "custom" };
}

/** What the resource says of the process and its code. */
export function originOf({
  resource,
}: Span): Pick<CallReport, "workspace" | "gitBranch" | "gitCommit" | "runId"> {
  return {
    workspace: textOf(resource, "process.working_directory"),
    gitBranch: textOf(resource, "vcs.ref.head.name", "vcs.repository.ref.name"),
    gitCommit: textOf(resource, "vcs.ref.head.revision", "vcs.repository.ref.revision"),
    runId: textOf(resource, "service.instance.id"),
  };
}

/** The route of a request that is served, or the job of a message that is worked off. */
function servedSource(span: Span): Pick<Attribution, "source" | "sourceKind"> {
  const route = span.kind === "server" ? routeOf(span.attributes) : null;
  if (route !== null) return { source: oneLine(route, MAX_NAME_LENGTH), sourceKind: "route" };
  const queue = span.kind === "consumer" ? queueOf(span.attributes) : null;
  if (queue === null) return { source: null, sourceKind: null };
  return { source: oneLine(`${sourcePrefixes.job}${queue}`, MAX_NAME_LENGTH), sourceKind: "job" };
}

function routeOf(attributes: SpanAttributes): string | null {
  const route = textOf(attributes, "http.route");
  if (route !== null) return route.startsWith("/") ? route : `/${route}`;
  const path = textOf(attributes, "url.path", "http.target");
  if (path !== null) return foldedPath(path);
  const [service, method] = [textOf(attributes, "rpc.service"), textOf(attributes, "rpc.method")];
  return service === null || method === null ? null : `/${service}/${method}`;
}

function queueOf(attributes: SpanAttributes): string | null {
  return textOf(attributes, "messaging.destination.template", "messaging.destination.name");
}

function featureOf({ name, attributes }: Span): string | null {
  const said = textOf(
    attributes,
    "ai.telemetry.functionId",
    "gen_ai.agent.name",
    "agent.name",
    "gen_ai.workflow.name",
    "traceloop.workflow.name",
    "langfuse.trace.name",
  );
  if (said !== null) return oneLine(said, MAX_NAME_LENGTH);
  const kind = textOf(attributes, "langfuse.observation.type", "openinference.span.kind")?.toLowerCase();
  return kind === "agent" && name !== "" ? oneLine(name, MAX_NAME_LENGTH) : null;
}

function labelsOf(attributes: SpanAttributes): Attributes {
  const labels: Attributes = {};
  const user = textOf(attributes, "user.id", "enduser.id", "langfuse.user.id");
  if (user !== null) labels["user"] = oneLine(user, MAX_NAME_LENGTH);
  for (const [name, value] of attributes) {
    const prefix = labelPrefixes.find((each) => name.startsWith(each));
    const text = prefix === undefined ? null : labelText(value);
    if (prefix === undefined || text === null) continue;
    labels[oneLine(name.slice(prefix.length), MAX_NAME_LENGTH)] = text;
    if (Object.keys(labels).length === MAX_LABELS) break;
  }
  return labels;
}

/** Labels are small: what is an object, or was written as one, is none. */
function labelText(value: AttributeValue): string | null {
  if (typeof value === "object") return null;
  const text = oneLine(String(value), MAX_NAME_LENGTH);
  return text === "" || text.startsWith("{") || text.startsWith("[") ? null : text;
}

/** The first of these labels, which is none from then on. */
function take(labels: Attributes, names: readonly string[]): string | null {
  const name = names.find((each) => labels[each] !== undefined);
  if (name === undefined) return null;
  const value = labels[name] ?? null;
  delete labels[name];
  return value;
}
