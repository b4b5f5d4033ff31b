import { type Call, modelOf } from "../../shared/call.ts";
import { UNATTRIBUTED } from "../../shared/sources.ts";
import { type UsageUnit, usageUnits } from "../../shared/usage.ts";
import { callCost, callStatusWords, costStatusWords } from "./costWords.ts";
import { folderName } from "./dimensionWords.ts";
import { type Formats, UNKNOWN } from "./formats.ts";

export interface CallRow {
  time: string;
  source: string;
  kind: string;
  model: string;
  status: string;
  /** "429 rate_limit_exceeded"; empty where there is nothing to add. */
  statusNote: string;
  failed: boolean;
  tokens: string;
  tokensHint: string;
  cost: string;
  costNote: string;
  costKnown: boolean;
  duration: string;
}

/** What was called, in words: its model, else what was asked of whom. */
export function calledWords(
  call: Pick<Call, "responseModel" | "requestModel" | "provider" | "operation">,
): string {
  return modelOf(call) ?? `${call.provider} ${call.operation}`;
}

/** `nowMs` (epoch): the date is left out of the time of a call of the same day. */
export function callRow(call: Call, formats: Formats, nowMs: number): CallRow {
  const cost = callCost(call, formats);
  const { inputTokens, outputTokens } = call.usage;
  const known = [inputTokens, outputTokens].filter((tokens) => tokens !== undefined);
  return {
    time: sameDay(call.startedAt, nowMs, formats)
      ? formats.clock(call.startedAt)
      : formats.dayAndClock(call.startedAt),
    source: call.source ?? UNATTRIBUTED,
    kind: call.sourceKind ?? "",
    model: calledWords(call),
    status:
      call.attempt > 1
        ? `${callStatusWords[call.status]}, attempt ${call.attempt}`
        : callStatusWords[call.status],
    statusNote: call.status === "ok" ? "" : errorWords(call),
    failed: call.status === "error",
    tokens: known.length === 0 ? UNKNOWN : formats.count(known.reduce((sum, tokens) => sum + tokens, 0)),
    tokensHint: known.length === 0 ? "No tokens reported" : tokensInWords(call, formats),
    cost: cost.text,
    costNote: cost.note,
    costKnown: cost.known,
    duration: formats.duration(call.durationMs),
  };
}

function sameDay(instant: string, nowMs: number, formats: Formats): boolean {
  return formats.day(instant) === formats.day(new Date(nowMs).toISOString());
}

function errorWords(call: Call): string {
  const status = call.httpStatus === null || call.httpStatus === 200 ? "" : String(call.httpStatus);
  const type = call.errorType === status ? "" : (call.errorType ?? "");
  return [status, type].filter((part) => part !== "").join(" ");
}

function tokensInWords(call: Call, formats: Formats): string {
  const { inputTokens, outputTokens } = call.usage;
  const part = (tokens: number | undefined, name: string) =>
    tokens === undefined ? `${name} not reported` : `${formats.count(tokens)} ${name}`;
  return `${part(inputTokens, "in")}, ${part(outputTokens, "out")}`;
}

/** One line of the live feed. */
export interface FeedLine {
  time: string;
  what: string;
  cost: string;
  costKnown: boolean;
  failed: boolean;
}

export function feedLine(call: Call, formats: Formats): FeedLine {
  const cost = callCost(call, formats);
  const trouble =
    call.status === "ok" || call.status === "pending" ? "" : errorWords(call) || callStatusWords[call.status];
  const retry = call.attempt > 1 ? `attempt ${call.attempt}` : "";
  return {
    time: formats.clock(call.startedAt),
    what: [call.source ?? UNATTRIBUTED, calledWords(call), trouble, retry]
      .filter((part) => part !== "")
      .join(" · "),
    cost: call.costUsd === null && trouble !== "" ? UNKNOWN : cost.text,
    costKnown: cost.known,
    failed: call.status === "error",
  };
}

export interface DetailLine {
  /** Stable, for tests: the field's own name. */
  name: string;
  label: string;
  value: string;
  /** Whether `value` is a name from the developer's world (shown in the editor's font). */
  code: boolean;
}

export interface DetailGroup {
  title: string;
  lines: DetailLine[];
}

const unitWords: Record<UsageUnit, string> = {
  inputTokens: "Input tokens",
  outputTokens: "Output tokens",
  cacheReadInputTokens: "… read from cache",
  cacheCreationInputTokens: "… written to cache",
  cacheCreation1hInputTokens: "… of that, kept for an hour",
  reasoningOutputTokens: "… spent on reasoning",
  inputAudioTokens: "… of audio in",
  outputAudioTokens: "… of audio out",
  inputImageTokens: "… of images in",
  outputImageTokens: "… of images out",
  webSearches: "Web searches",
  requests: "Requests",
  credits: "Credits",
  characters: "Characters",
  seconds: "Seconds",
  images: "Images",
  pages: "Pages",
};

/** Parts stand under the sum that they belong to. */
const unitOrder: readonly UsageUnit[] = [
  "inputTokens",
  "cacheReadInputTokens",
  "cacheCreationInputTokens",
  "cacheCreation1hInputTokens",
  "inputAudioTokens",
  "inputImageTokens",
  "outputTokens",
  "reasoningOutputTokens",
  "outputAudioTokens",
  "outputImageTokens",
  ...usageUnits.filter((unit) => !unit.endsWith("Tokens")),
];

/** Everything that is known of a call; sums that every chat has are named even where they were not reported. */
export function callDetail(call: Call, formats: Formats): DetailGroup[] {
  const cost = callCost(call, formats);
  const line = (name: string, label: string, value: string | null, code = false): DetailLine[] =>
    value === null || value === "" ? [] : [{ name, label, value, code }];
  const milliseconds = (value: number | null) => (value === null ? null : formats.duration(value));

  const costLines = [
    ...line("cost", "Cost", cost.text),
    ...line("costStatus", "How sure", costStatusWords[call.costStatus]),
    ...line("priceKey", "Price of", call.priceKey, true),
    ...line("priceVersion", "Price list", call.priceVersion),
  ];
  const usage = unitOrder.flatMap((unit) => {
    const value = call.usage[unit];
    const expected = unit === "inputTokens" || unit === "outputTokens";
    if (value === undefined) return expected ? line(unit, unitWords[unit], "not reported") : [];
    return line(unit, unitWords[unit], formats.count(value));
  });
  const exchange = [
    ...line("startedAt", "Started", formats.dayAndClock(call.startedAt)),
    ...line("duration", "Took", milliseconds(call.durationMs)),
    ...line("timeToFirstToken", "First token after", milliseconds(call.timeToFirstTokenMs)),
    ...line("status", "Status", [callStatusWords[call.status], errorWords(call)].filter(Boolean).join(", ")),
    ...line("httpStatus", "HTTP status", call.httpStatus === null ? null : String(call.httpStatus)),
    ...line(
      "attempt",
      "Attempt",
      call.attempt > 1 || call.retryCount > 0 ? formats.count(call.attempt) : null,
    ),
    ...line("provider", "Provider", call.provider, true),
    ...line("operation", "Operation", call.stream ? `${call.operation}, streamed` : call.operation),
    ...line("requestModel", "Model asked for", call.requestModel, true),
    ...line("responseModel", "Model that answered", call.responseModel, true),
    ...line("serviceTier", "Service tier", call.serviceTier),
    ...line("responseId", "Response id", call.responseId, true),
  ];
  const origin = [
    ...line("source", "Source", call.source ?? UNATTRIBUTED, true),
    ...line("sourceKind", "Kind", call.sourceKind),
    ...line("feature", "Feature", call.feature, true),
    ...line("conversationId", "Conversation", call.conversationId, true),
    ...line("messageId", "Message", call.messageId, true),
    ...Object.entries(call.attributes).flatMap(([name, value]) => line(`label:${name}`, name, value, true)),
    ...line("workspace", "Workspace", call.workspace === null ? null : folderName(call.workspace), true),
    ...line("gitBranch", "Branch", call.gitBranch, true),
    ...line("gitCommit", "Commit", call.gitCommit?.slice(0, 12) ?? null, true),
    ...line("developer", "Developer", call.developer),
    ...line("runId", "Process run", call.runId, true),
    ...line("callId", "Call id", call.callId, true),
  ];
  return [
    { title: "Cost", lines: costLines },
    { title: "Usage", lines: usage },
    { title: "Exchange", lines: exchange },
    { title: "Where from", lines: origin },
  ];
}

/** "src/chat.ts:42 in answer" */
export function callSiteWords(call: Call): string | null {
  if (call.callSite === null) return null;
  const { file, line, function: name } = call.callSite;
  return name === null ? `${file}:${line}` : `${file}:${line} in ${name}`;
}
