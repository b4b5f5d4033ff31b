import { type CallReport, SCHEMA_VERSION } from "../../shared/call.ts";
import type { Source } from "../../shared/sources.ts";
import type { Labels } from "../context/attribution.ts";
import type { CallPlace } from "../context/callSite.ts";

/** What is known of a call besides itself. */
export interface Surroundings {
  source: Source | null;
  labels: Labels;
  place: CallPlace;
  workspace: string | null;
  git: { gitBranch: string | null; gitCommit: string | null };
}

/** Writes a report as one line of JSON: a call's own facts, and its surroundings over them. */
export type ReportWriter = (facts: CallReport, around: Surroundings) => string;

/**
 * Surroundings are the same for nearly all calls of one line of code: they are written once, and put behind the facts of
 * each call for as long as nothing of them is another.
 */
export function createReportWriter(runId: () => string): ReportWriter {
  let last: Surroundings | undefined;
  let written = "";
  return (facts, around) => {
    if (last === undefined || !isSame(last, around)) {
      written = JSON.stringify(membersOf(around, runId())).slice(1);
      // Of a scope its labels only: it knows the request that is being served.
      const { feature, conversationId, messageId, attributes } = around.labels;
      last = { ...around, labels: { feature, conversationId, messageId, attributes } };
    }
    return `${JSON.stringify(facts).slice(0, -1)},${written}`;
  };
}

function membersOf(
  { source, labels, place, workspace, git }: Surroundings,
  runId: string,
): Partial<CallReport> {
  return {
    source: source?.source ?? null,
    sourceKind: source?.sourceKind ?? null,
    feature: labels.feature,
    conversationId: labels.conversationId,
    messageId: labels.messageId,
    attributes: labels.attributes,
    ...place,
    workspace,
    gitBranch: git.gitBranch,
    gitCommit: git.gitCommit,
    runId,
    schemaVersion: SCHEMA_VERSION,
  };
}

/** As far as it can be told in a moment: labels that were made anew may say the same. */
function isSame(one: Surroundings, other: Surroundings): boolean {
  return (
    one.source?.source === other.source?.source &&
    one.source?.sourceKind === other.source?.sourceKind &&
    one.labels.feature === other.labels.feature &&
    one.labels.conversationId === other.labels.conversationId &&
    one.labels.messageId === other.labels.messageId &&
    one.labels.attributes === other.labels.attributes &&
    one.place.callStack === undefined &&
    other.place.callStack === undefined &&
    one.place.callSite === other.place.callSite &&
    one.workspace === other.workspace &&
    one.git === other.git
  );
}
