import type { Call, CallStatus, CostStatus } from "./call.ts";
import type { Filters } from "./dimensions.ts";
import type { Range } from "./range.ts";

/** Newest first unless `order` is `asc`. `cursor` is the last page's `nextCursor`. `limit` 1–1,000 (default 100). */
export interface CallsQuery extends Range {
  filters?: Filters;
  status?: CallStatus;
  costStatus?: CostStatus;
  runId?: string;
  limit?: number;
  cursor?: string;
  order?: "asc" | "desc";
}

export interface CallsPage {
  calls: Call[];
  nextCursor: string | null;
}

export type IngestOutcome =
  | {
      callId: string;
      outcome: "accepted" | "duplicate" | "updated";
      /** What this report's call costs; `null` where that is not known. */
      costUsd: string | null;
      /** Fields of the report that this daemon does not know and has left out; absent where there are none. */
      unknownFields?: string[];
    }
  /** Something that is no call (token counting, a read of a stored response that is not known). */
  | { callId: string; outcome: "ignored"; reason: string }
  | {
      callId: string | null;
      outcome: "rejected";
      index: number;
      errors: { field: string; message: string }[];
    };

export interface IngestResult {
  results: IngestOutcome[];
}
