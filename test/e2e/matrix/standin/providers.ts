import { startStandin } from "../../../../examples/standin/standin.mjs";
import type { MatrixProvider } from "../cases.ts";
import { createBedrock } from "./bedrock.ts";
import { cohere } from "./cohere.ts";
import { createExa } from "./exa.ts";
import { exchangesOfExample } from "./exampleStandin.ts";
import type { Speaker } from "./exchange.ts";
import { createFirecrawl } from "./firecrawl.ts";
import { ollama } from "./ollama.ts";
import { groq, huggingface, mistral, openrouter } from "./openaiWords.ts";
import { perplexity } from "./perplexity.ts";
import { type Exchange, type Protocol, startProvider } from "./server.ts";
import { tavily } from "./tavily.ts";

/** Those whom the example's stand-in speaks for. */
const examples = {
  openai: "openai",
  "azure.ai.openai": "openai",
  anthropic: "anthropic",
  google: "google",
} as const;

/** A speaker for each of the others, with a memory of its own. */
const speakers = (
  packages: string,
): Record<Exclude<MatrixProvider, keyof typeof examples>, () => Speaker> => ({
  "aws.bedrock": () => createBedrock(packages),
  cohere: () => cohere,
  exa: createExa,
  firecrawl: createFirecrawl,
  groq: () => groq,
  huggingface: () => huggingface,
  mistral_ai: () => mistral,
  ollama: () => ollama,
  openrouter: () => openrouter,
  perplexity: () => perplexity,
  tavily: () => tavily,
});

export interface StandinOptions {
  providers: readonly MatrixProvider[];
  protocol: Protocol;
  tls: { cert: string; key: string };
  /** Folder that the SDKs lie in. */
  packages: string;
  run: string;
}

export interface Standin {
  /** Base URL of each provider; OpenAI and Azure share theirs. */
  urls: Record<string, string>;
  /** Value of `TAXIMETER_PROVIDERS`. */
  mappings: string;
  /** Every exchange so far; those of one provider in their order. */
  exchanges(): Exchange[];
  close(): Promise<void>;
}

/** Stands in for the providers of one run, each on a port of its own. */
export async function startStandins({
  providers,
  protocol,
  tls,
  packages,
  run,
}: StandinOptions): Promise<Standin> {
  const example = await startStandin();
  const urls: Record<string, string> = {};
  const mappings: string[] = [];
  const exchanges: Exchange[] = [];
  const closings = [() => example.close()];
  const givenOutAs = new Map<string, MatrixProvider>();
  for (const provider of providers) {
    if (isExample(provider)) {
      const { port, url } = example[examples[provider]];
      urls[examples[provider]] = url;
      mappings.push(`127.0.0.1:${port}=${provider}`);
      givenOutAs.set(examples[provider], provider);
      continue;
    }
    const speak = speakers(packages)[provider]();
    const server = await startProvider({ provider, speak, protocol, tls, run, exchanges });
    urls[provider] = server.url;
    mappings.push(`${server.host}=${provider}`);
    closings.push(server.close);
  }
  return {
    urls,
    mappings: mappings.join(","),
    exchanges: () => [
      ...exchangesOfExample(example.exchanges, (name) => givenOutAs.get(name) ?? name),
      ...exchanges,
    ],
    async close() {
      await Promise.all(closings.map((close) => close()));
    },
  };
}

function isExample(provider: MatrixProvider): provider is keyof typeof examples {
  return provider in examples;
}
