import type { StandinExchange } from "../../../../examples/standin/standin.mjs";
import type { Operation } from "../../../../shared/call.ts";
import type { Usage } from "../../../../shared/usage.ts";
import type { Billed } from "./exchange.ts";
import type { Exchange } from "./server.ts";

/** Exchanges with the example's stand-in, in our words. `providerOf` says what its ports were given out as. */
export function exchangesOfExample(
  exchanges: readonly StandinExchange[],
  providerOf: (name: StandinExchange["provider"]) => string,
): Exchange[] {
  return exchanges.map((told, index) => {
    const { method, path, status } = told;
    const before = exchanges[index - 1];
    const attempt = before?.status === REFUSED && before.path === path ? 2 : 1;
    return { provider: providerOf(told.provider), method, path, status, billed: billedBy(told), attempt };
  });
}

const REFUSED = 429;

function billedBy({ provider, method, path, status, model, stream, usage }: StandinExchange): Billed | null {
  const isFree = method !== "POST" || /(?:count_tokens|countTokens)$/.test(path);
  if (isFree || (status !== 200 && status !== REFUSED)) return null;
  const operation: Operation = /embed/i.test(path) ? "embeddings" : "chat";
  return { operation, model, stream, usage: usage === null ? {} : meanings[provider](usage) };
}

type Told = Readonly<Record<string, unknown>>;

const meanings: Record<StandinExchange["provider"], (usage: Told) => Usage> = {
  openai(usage) {
    const input = detailsIn(usage, "prompt_tokens_details") ?? detailsIn(usage, "input_tokens_details");
    const output = detailsIn(usage, "completion_tokens_details") ?? detailsIn(usage, "output_tokens_details");
    return present({
      inputTokens: usage["prompt_tokens"] ?? usage["input_tokens"],
      outputTokens: usage["completion_tokens"] ?? usage["output_tokens"],
      cacheReadInputTokens: input?.["cached_tokens"],
      cacheCreationInputTokens: input?.["cache_write_tokens"],
      inputAudioTokens: input?.["audio_tokens"],
      reasoningOutputTokens: output?.["reasoning_tokens"],
      outputAudioTokens: output?.["audio_tokens"],
    });
  },
  /** What was written to the cache and read from it comes on top of `input_tokens`. */
  anthropic(usage) {
    const creation = usage["cache_creation_input_tokens"];
    const read = usage["cache_read_input_tokens"];
    return present({
      inputTokens: [usage["input_tokens"], creation, read].reduce<number>(
        (sum, part) => sum + Number(part ?? 0),
        0,
      ),
      outputTokens: usage["output_tokens"],
      cacheReadInputTokens: read,
      cacheCreationInputTokens: creation,
      cacheCreation1hInputTokens: detailsIn(usage, "cache_creation")?.["ephemeral_1h_input_tokens"],
    });
  },
  /** What was thought comes on top of the candidates. */
  google(usage) {
    const thoughts = usage["thoughtsTokenCount"];
    const candidates = usage["candidatesTokenCount"];
    return present({
      inputTokens: usage["promptTokenCount"],
      outputTokens: candidates === undefined ? undefined : Number(candidates) + Number(thoughts ?? 0),
      cacheReadInputTokens: usage["cachedContentTokenCount"],
      reasoningOutputTokens: thoughts,
    });
  },
};

function detailsIn(usage: Told, name: string): Told | undefined {
  const details = usage[name];
  return typeof details === "object" && details !== null ? { ...details } : undefined;
}

/** What was told, without what was not. */
function present(units: { [Unit in keyof Usage]: unknown }): Usage {
  return Object.fromEntries(
    Object.entries(units).filter(([, count]) => count !== undefined && count !== null),
  );
}
