import type { JsonObject } from "../../../shared/call.ts";
import type { Usage } from "../../../shared/usage.ts";

/** What a provider's own words say, read from `rawUsage`. */
export interface Reading {
  responseModel: string | null;
  responseId: string | null;
  serviceTier: string | null;
  usage: Usage;
  /** The provider says that it is still at work: the usage is to come. */
  unfinished: boolean;
  /** Work that was asked after has ended otherwise than it should. */
  ended?: "failed" | "cancelled";
}

/** Reads one wire format. Never throws: what is not as it should be is absent. */
export type FormatReader = (rawUsage: JsonObject) => Reading;
