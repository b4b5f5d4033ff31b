import { nanoUsdToDecimal } from "../../shared/money.ts";
import type { SharedCall, SharedDimensions, SharedRollup, TeamShare } from "../../shared/team.ts";
import { dimensionsOf, type StoredDimensions } from "../store/callDimensions.ts";
import { noNumbers, publicSums, type SumColumn, sumColumns } from "../store/rollupSums.ts";
import type { StoredCall } from "../store/store.ts";
import type { OutboxPiece } from "../store/teamRecords.ts";
import type { TeamDimension } from "./schema.ts";

/** A row that leaves. What is not shared is the empty string in it, like what is not known. */
export interface RollupToShare {
  bucketMs: number;
  developer: string;
  dimensions: Record<TeamDimension, string>;
  sums: Record<SumColumn, number>;
}

export interface CallToShare {
  call: StoredCall;
  dimensions: Record<TeamDimension, string>;
  conversation: string | null;
  labels: Record<string, string> | null;
}

/** All that leaves with one piece. */
export interface PieceToShare {
  rollups: RollupToShare[];
  calls: CallToShare[];
  goneCalls: string[];
}

/**
 * What leaves of a piece. Rows that differ only by what is not shared become one, with the sum of all of them, changed or
 * not: it replaces what the team has.
 */
export function toShare({ rollups, calls, goneCalls }: OutboxPiece, share: TeamShare): PieceToShare {
  const rows = new Map<string, RollupToShare & { changed: boolean }>();
  for (const record of rollups) {
    const dimensions = sharedDimensions(record, share);
    const key = JSON.stringify([record.bucket_ms, record.developer, Object.values(dimensions)]);
    let row = rows.get(key);
    if (row === undefined) {
      row = {
        bucketMs: record.bucket_ms,
        developer: record.developer,
        dimensions,
        sums: noNumbers(),
        changed: false,
      };
      rows.set(key, row);
    }
    for (const column of sumColumns) row.sums[column] += record[column];
    row.changed ||= record.changed;
  }
  const withCalls = share.kind === "calls";
  return {
    rollups: [...rows.values()].filter(({ changed }) => changed).map(({ changed: _changed, ...row }) => row),
    calls: withCalls ? calls.map((call) => callToShare(call, share)) : [],
    goneCalls: withCalls ? goneCalls : [],
  };
}

function sharedDimensions(stored: StoredDimensions, { details }: TeamShare): Record<TeamDimension, string> {
  return {
    provider: stored.provider,
    operation: stored.operation,
    model: stored.model,
    source: stored.source,
    source_kind: stored.source_kind,
    feature: stored.feature,
    project: projectOf(stored.workspace),
    branch: details.includes("branch") ? stored.git_branch : "",
    call_site: details.includes("callSite") ? stored.call_site : "",
    workspace: details.includes("workspace") ? stored.workspace : "",
  };
}

/** Of a workspace the team sees the folder's name; the path before it is the developer's own. */
export function projectOf(workspace: string): string {
  return workspace.split(/[\\/]/).findLast((part) => part !== "") ?? "";
}

function callToShare(call: StoredCall, share: TeamShare): CallToShare {
  const { details } = share;
  return {
    call,
    dimensions: sharedDimensions(dimensionsOf(call), share),
    conversation: details.includes("conversation") ? call.conversationId : null,
    labels: details.includes("labels") ? call.attributes : null,
  };
}

/** A row as the developer is shown it before it leaves. */
export function publicRollup({ bucketMs, developer, dimensions, sums }: RollupToShare): SharedRollup {
  return {
    from: new Date(bucketMs).toISOString(),
    developer,
    ...publicDimensions(dimensions),
    ...publicSums(sums),
  };
}

export function publicCallToShare({ call, dimensions, conversation, labels }: CallToShare): SharedCall {
  return {
    callId: call.callId,
    startedAt: call.startedAt,
    developer: call.developer,
    ...publicDimensions(dimensions),
    status: call.status,
    httpStatus: call.httpStatus,
    errorType: call.errorType,
    durationMs: call.durationMs,
    attempt: call.attempt,
    inputTokens: call.usage.inputTokens ?? null,
    outputTokens: call.usage.outputTokens ?? null,
    costUsd: call.costNanoUsd === null ? null : nanoUsdToDecimal(call.costNanoUsd),
    costStatus: call.costStatus,
    conversation,
    labels,
  };
}

function publicDimensions(dimensions: Record<TeamDimension, string>): Omit<SharedDimensions, "developer"> {
  return {
    provider: dimensions.provider,
    operation: dimensions.operation,
    model: dimensions.model || null,
    source: dimensions.source || null,
    sourceKind: dimensions.source_kind || null,
    feature: dimensions.feature || null,
    project: dimensions.project || null,
    branch: dimensions.branch || null,
    callSite: dimensions.call_site || null,
    workspace: dimensions.workspace || null,
  };
}
