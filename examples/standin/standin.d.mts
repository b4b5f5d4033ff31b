/** One provider of the stand-in: `url` is what its SDK takes as its base URL. */
export interface StandinProvider {
  port: number;
  url: string;
}

/** One exchange as the stand-in answered it. `usage` is in the provider's own words; `null` where it told none. */
export interface StandinExchange {
  provider: "openai" | "anthropic" | "google";
  method: string;
  path: string;
  status: number;
  /** The requested model, without directives. */
  model: string | null;
  stream: boolean;
  responseId: string | null;
  usage: Record<string, unknown> | null;
}

export interface Standin {
  openai: StandinProvider;
  anthropic: StandinProvider;
  google: StandinProvider;
  /** Value of `TAXIMETER_PROVIDERS`. */
  providers: string;
  /**
   * Base URLs and keys under the names that the SDKs and the example read; `TAXIMETER_PROVIDERS` is not among them.
   */
  environment: Record<string, string>;
  /** Every exchange, oldest first, the last 10,000; a request is there as soon as its answer begins. */
  exchanges: readonly StandinExchange[];
  close(): Promise<void>;
}

export interface StandinOptions {
  /** Fixed ports; 0 and absent are any free one. */
  ports?: { openai?: number; anthropic?: number; google?: number };
  /** Time until an answer begins; a tenth of it passes between the events of a stream. Default 0. */
  latencyMs?: number;
}

/** Listens on 127.0.0.1, one port a provider. Rejects where a fixed port is taken. */
export function startStandin(options?: StandinOptions): Promise<Standin>;

/** Tokens of a prompt made of these texts. */
export function countTokens(...texts: string[]): number;

/** Tokens of the answer to a prompt of so many tokens, where no directive says otherwise. */
export function answerTokens(promptTokens: number, limit?: number): number;

/** Tokens of reasoning of a model that thinks: `gpt-5…`, `o3`, `gemini-2.5…`, and Claude with `thinking` enabled. */
export const REASONING_TOKENS: number;
