import type { CallReport } from "../../shared/call.ts";
import type { Scope } from "../context/attribution.ts";
import type { CapturedStack } from "../context/callSite.ts";

/** A call that the meter follows, by whatever transport. */
export interface MeteredCall {
  readonly callId: string;
  readonly scope: Scope;
  readonly stack: CapturedStack | undefined;
  /** The parts of its prompt, where they are at hand. */
  prompts?(): readonly string[];
  /** Monotonic, milliseconds. */
  readonly startedAtMs: number;
  /** As far as is known by now. */
  isCall(): boolean;
  /** Whatever is under way is given up: the process or the connection ends. */
  abandon(): void;
  /** What is known of the call, without what its surroundings add; `null` where it is no call. */
  facts(): CallReport | null;
}
