import { type Call, modelOf } from "../../shared/call.ts";
import { type UsageUnit, usageUnits } from "../../shared/usage.ts";
import { t } from "../localisation/t.ts";
import { callCost, callStatusWords, costStatusWords } from "./costWords.ts";
import { folderName, keyWords, sourceKindWords } from "./dimensionWords.ts";
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
    source: keyWords("source", call.source),
    kind: call.sourceKind === null ? "" : sourceKindWords[call.sourceKind],
    model: calledWords(call),
    status:
      call.attempt > 1
        ? t("{0}, attempt {1}", callStatusWords[call.status], call.attempt)
        : callStatusWords[call.status],
    statusNote: call.status === "ok" ? "" : errorWords(call),
    failed: call.status === "error",
    tokens: known.length === 0 ? UNKNOWN : formats.count(known.reduce((sum, tokens) => sum + tokens, 0)),
    tokensHint: known.length === 0 ? t("No tokens reported") : tokensInWords(call, formats),
    cost: cost.text,
    costNote: cost.note,
    costKnown: cost.known,
    duration: formats.duration(call.durationMs),
  };
}

function sameDay(instant: string, nowMs: number, formats: Formats): boolean {
  return formats.day(instant) === formats.day(new Date(nowMs).toISOString());
}

/** "429 rate_limit_exceeded"; empty where nothing is known. */
export function errorWords(call: Call): string {
  const status = call.httpStatus === null || call.httpStatus === 200 ? "" : String(call.httpStatus);
  const type = call.errorType === status ? "" : (call.errorType ?? "");
  return [status, type].filter((part) => part !== "").join(" ");
}

function tokensInWords(call: Call, formats: Formats): string {
  const { inputTokens, outputTokens } = call.usage;
  return [
    inputTokens === undefined ? t("in not reported") : t("{0} in", formats.count(inputTokens)),
    outputTokens === undefined ? t("out not reported") : t("{0} out", formats.count(outputTokens)),
  ].join(", ");
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
  const retry = call.attempt > 1 ? t("attempt {0}", call.attempt) : "";
  return {
    time: formats.clock(call.startedAt),
    what: [keyWords("source", call.source), calledWords(call), trouble, retry]
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
  name: "cost" | "usage" | "exchange" | "origin";
  title: string;
  lines: DetailLine[];
}

const unitWords: Record<UsageUnit, string> = {
  inputTokens: t("Input tokens"),
  outputTokens: t("Output tokens"),
  cacheReadInputTokens: t("… read from cache"),
  cacheCreationInputTokens: t("… written to cache"),
  cacheCreation1hInputTokens: t("… of that, kept for an hour"),
  reasoningOutputTokens: t("… spent on reasoning"),
  inputAudioTokens: t("… of audio in"),
  outputAudioTokens: t("… of audio out"),
  inputImageTokens: t("… of images in"),
  outputImageTokens: t("… of images out"),
  webSearches: t("Web searches"),
  requests: t("Requests"),
  credits: t("Credits"),
  characters: t("Characters"),
  seconds: t("Seconds"),
  images: t("Images"),
  pages: t("Pages"),
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
    ...line("cost", t("Cost"), cost.text),
    ...line("costStatus", t("How sure"), costStatusWords[call.costStatus]),
    ...line("priceKey", t("Price of"), call.priceKey, true),
    ...line("priceVersion", t("Price list"), call.priceVersion),
    ...line("declaredBy", t("Declared by"), call.costStatus === "declared" ? call.provider : null, true),
  ];
  const usage = unitOrder.flatMap((unit) => {
    const value = call.usage[unit];
    const expected = unit === "inputTokens" || unit === "outputTokens";
    if (value === undefined) return expected ? line(unit, unitWords[unit], t("not reported")) : [];
    return line(unit, unitWords[unit], formats.count(value));
  });
  const exchange = [
    ...line("startedAt", t("Started"), formats.dayAndClock(call.startedAt)),
    ...line("duration", t("Took"), milliseconds(call.durationMs)),
    ...line("timeToFirstToken", t("First token after"), milliseconds(call.timeToFirstTokenMs)),
    ...line(
      "status",
      t("Status"),
      [callStatusWords[call.status], errorWords(call)].filter(Boolean).join(", "),
    ),
    ...line("httpStatus", t("HTTP status"), call.httpStatus === null ? null : String(call.httpStatus)),
    ...line(
      "attempt",
      "Attempt",
      call.attempt > 1 || call.retryCount > 0 ? formats.count(call.attempt) : null,
    ),
    ...line("provider", t("Provider"), call.provider, true),
    ...line("operation", t("Operation"), call.stream ? t("{0}, streamed", call.operation) : call.operation),
    ...line("requestModel", t("Model asked for"), call.requestModel, true),
    ...line("responseModel", t("Model that answered"), call.responseModel, true),
    ...line("serviceTier", t("Service tier"), call.serviceTier),
    ...line("responseId", t("Response id"), call.responseId, true),
  ];
  const origin = [
    ...line("source", t("Source"), keyWords("source", call.source), true),
    ...line("sourceKind", t("Kind"), call.sourceKind === null ? null : sourceKindWords[call.sourceKind]),
    ...line("feature", t("Feature"), call.feature, true),
    ...line("conversationId", t("Conversation"), call.conversationId, true),
    ...line("messageId", t("Message"), call.messageId, true),
    ...Object.entries(call.attributes).flatMap(([name, value]) => line(`label:${name}`, name, value, true)),
    ...line("workspace", t("Workspace"), call.workspace === null ? null : folderName(call.workspace), true),
    ...line("gitBranch", t("Branch"), call.gitBranch, true),
    ...line("gitCommit", t("Commit"), call.gitCommit?.slice(0, 12) ?? null, true),
    ...line("developer", t("Developer"), call.developer),
    ...line("runId", t("Process run"), call.runId, true),
    ...line("callId", t("Call id"), call.callId, true),
  ];
  return [
    { name: "cost", title: t("Cost"), lines: costLines },
    { name: "usage", title: t("Usage"), lines: usage },
    { name: "exchange", title: t("Exchange"), lines: exchange },
    { name: "origin", title: t("Where from"), lines: origin },
  ];
}

/** "src/chat.ts:42 in answer" */
export function callSiteWords(call: Call): string | null {
  if (call.callSite === null) return null;
  const { file, line, function: name } = call.callSite;
  return name === null ? `${file}:${line}` : t("{0} in {1}", `${file}:${line}`, name);
}
