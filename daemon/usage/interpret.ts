import type { CallReport, Operation } from "../../shared/call.ts";
import { modelInPath, modelName } from "../../shared/modelNames.ts";
import { decimalToNanoUsd } from "../../shared/money.ts";
import type { EndpointRule } from "../../shared/providers/provider.ts";
import { endpointRule, providerOfHost } from "../../shared/providers.ts";
import { type Usage, type UsageUnit, usageUnits } from "../../shared/usage.ts";
import { declaredCostNanoUsd } from "./declaredCost.ts";
import { amount, count, usageOf } from "./fields.ts";
import { formatByFields, formatReaders } from "./formatReaders.ts";

/** What a report means: the provider's words translated into ours. */
export interface Interpretation {
  /** Whether it is a call of its own, or brings the final usage of one made earlier. */
  effect: "creates" | "completes";
  provider: string;
  operation: Operation;
  requestModel: string | null;
  responseModel: string | null;
  responseId: string | null;
  serviceTier: string | null;
  usage: Usage;
  /** Cost in nano-dollars that the provider itself declared, or `null`. */
  declaredCostNanoUsd: number | null;
  /** Whether the provider says the response is not complete yet (a background response): its usage is still to come. */
  unfinished: boolean;
  /** What was asked after has ended otherwise than it should; `null` where it has not, or has not ended. */
  ended: "failed" | "cancelled" | null;
}

type Meaning = Pick<EndpointRule, "operation" | "format" | "effect"> & Partial<Pick<EndpointRule, "path">>;

/**
 * Gives a report its meaning. Takes the provider from `provider`, else from `endpoint.host`. Pure.
 * Answers a reason instead where the report is no billed call (an endpoint that is not billed, an unknown host).
 */
export function interpret(report: CallReport): Interpretation | { ignored: string } {
  const { endpoint, rawUsage } = report;
  const provider = report.provider ?? (endpoint && providerOfHost(endpoint.host.toLowerCase())?.name);
  if (provider === undefined) return { ignored: "not a known provider's host" };

  const meaning = meaningOf(report, provider);
  if (meaning === undefined && report.usage === undefined && endpoint !== undefined) {
    return { ignored: `${provider} does not bill this endpoint` };
  }
  const reading = meaning && formatReaders[meaning.format](rawUsage ?? {});
  const usage = report.usage === undefined ? (reading?.usage ?? {}) : believable(report.usage);
  const unfinished = isUnfinished(report, reading?.unfinished ?? false, usage);
  const declared =
    report.costUsd === undefined
      ? declaredCostNanoUsd(provider, rawUsage ?? {})
      : decimalToNanoUsd(report.costUsd);
  const saysNothing = Object.keys(usage).length === 0 && declared === null;
  const ended = reading?.ended ?? null;
  if (meaning?.effect === "completes" && (unfinished || (saysNothing && ended === null))) {
    return { ignored: "reads a stored response that has no usage yet" };
  }

  return {
    effect: meaning?.effect ?? "creates",
    provider,
    operation: report.operation ?? meaning?.operation ?? "other",
    requestModel: modelName(report.requestModel) ?? modelInPath(withoutQuery(endpoint?.path ?? "")),
    responseModel: modelName(reading?.responseModel) ?? modelName(report.responseModel),
    responseId: reading?.responseId ?? report.responseId ?? responseIdInPath(meaning, endpoint?.path),
    serviceTier: reading?.serviceTier ?? report.serviceTier ?? null,
    usage,
    declaredCostNanoUsd: declared !== null && declared >= 0 ? declared : null,
    unfinished,
    ended,
  };
}

/** The endpoint's rule; on a path that no rule knows, of a host that the user named, what the fields found say. */
function meaningOf(
  { endpoint, provider: named, rawUsage }: CallReport,
  provider: string,
): Meaning | undefined {
  if (endpoint !== undefined) {
    const rule = endpointRule(provider, endpoint.method.toUpperCase(), withoutQuery(endpoint.path));
    if (rule !== undefined) return rule;
    if (named === undefined || endpoint.method.toUpperCase() !== "POST") return undefined;
  }
  const found = rawUsage && formatByFields(rawUsage);
  return found && { ...found, effect: "creates" };
}

/**
 * Only a response in the background goes on without its reader: a stream that was cut says "in progress" for ever, and
 * has no usage to come.
 */
function isUnfinished({ status, rawUsage }: CallReport, saysSo: boolean, usage: Usage): boolean {
  if (!saysSo || usage.inputTokens !== undefined) return false;
  return status === "ok" || status === "pending" || rawUsage?.["background"] === true;
}

/** Units that come in fractions. */
const fractionalUnits: ReadonlySet<UsageUnit> = new Set(["seconds", "credits"]);

/** Ready-made usage without the numbers that cannot be. */
function believable(usage: Usage): Usage {
  return usageOf(
    Object.fromEntries(
      usageUnits.map((unit) => [unit, fractionalUnits.has(unit) ? amount(usage[unit]) : count(usage[unit])]),
    ),
  );
}

function responseIdInPath(meaning: Meaning | undefined, path: string | undefined): string | null {
  return meaning?.path?.exec(withoutQuery(path ?? ""))?.groups?.["responseId"] ?? null;
}

function withoutQuery(path: string): string {
  return path.split("?", 1)[0] ?? "";
}
