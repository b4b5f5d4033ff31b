import type { Protocol } from "./standin/server.ts";

export type ModuleSystem = "ESM" | "CommonJS";
export type NodeVersion = 20 | 24;

/** One SDK, or several that work together, and how they are run. */
export interface MatrixCase {
  /** The row's name, where the package's own does not say it all. */
  name: string;
  /** A file of `apps`. */
  scenario: string;
  /** Names in this folder's `package.json`, in the order in which the scenario takes them. */
  packages: readonly string[];
  /** Those that are published for it. */
  systems: readonly ModuleSystem[];
  /** Those that the package itself allows. */
  nodes: readonly NodeVersion[];
  providers: readonly MatrixProvider[];
  protocol?: Protocol;
  /** For the scenario. */
  options?: Readonly<Record<string, string>>;
  gaps?: readonly KnownGap[];
}

/**
 * Providers whose words the stand-in speaks. What is not the provider's own name is what its port is given out as: Azure
 * speaks OpenAI's words.
 */
export type MatrixProvider =
  | "openai"
  | "anthropic"
  | "google"
  | "aws.bedrock"
  | "cohere"
  | "exa"
  | "firecrawl"
  | "groq"
  | "huggingface"
  | "mistral_ai"
  | "ollama"
  | "openrouter"
  | "perplexity"
  | "tavily"
  | "azure.ai.openai";

/** What is known not to be metered. A gap that has closed fails the test: then it goes from the list. */
export interface KnownGap {
  /** Compared with `METHOD path` of the exchange. */
  exchange: RegExp;
  nodes?: readonly NodeVersion[];
  reason: string;
}

const protocolNames: Record<Protocol, string> = {
  h2c: "HTTP/2",
  h2: "HTTP/2 and TLS",
  "http/1.1": "HTTP/1.1",
};

const both = { systems: ["ESM", "CommonJS"], nodes: [20, 24] } as const;

export const matrixCases: readonly MatrixCase[] = [
  ...[4, 5, 6, 7].map((major) => ({
    name: `openai ${major}`,
    scenario: "openai",
    packages: [`openai-${major}`],
    systems: both.systems,
    nodes: major < 7 ? both.nodes : ([24] as const),
    providers: ["openai"] as const,
  })),
  ...[4, 5, 6, 7].map((major) => ({
    name: `openai ${major}: AzureOpenAI`,
    scenario: "azure",
    packages: [`openai-${major}`],
    systems: both.systems,
    nodes: major < 7 ? both.nodes : ([24] as const),
    providers: ["azure.ai.openai"] as const,
  })),
  {
    name: "@anthropic-ai/sdk",
    scenario: "anthropic",
    packages: ["@anthropic-ai/sdk"],
    ...both,
    providers: ["anthropic"],
  },
  {
    name: "@google/genai 2",
    scenario: "googleGenai",
    packages: ["@google/genai-2"],
    ...both,
    providers: ["google"],
  },
  {
    name: "@google/genai 3",
    scenario: "googleGenai",
    packages: ["@google/genai"],
    ...both,
    nodes: [24],
    providers: ["google"],
  },
  {
    name: "@google/generative-ai",
    scenario: "googleGenerativeAi",
    packages: ["@google/generative-ai"],
    ...both,
    providers: ["google"],
  },
  ...([5, 6, 7] as const).map((major) => ({
    name: `ai ${major}`,
    scenario: "aiSdk",
    packages: [
      `ai-${major}`,
      ...["openai", "anthropic", "google", "perplexity"].map((name) => `@ai-sdk-${major - 3}/${name}`),
      `@ai-sdk-${major - 2}/amazon-bedrock`,
    ],
    systems: major < 7 ? both.systems : (["ESM"] as const),
    nodes: major < 7 ? both.nodes : ([24] as const),
    providers: ["openai", "anthropic", "google", "perplexity", "aws.bedrock"] as const,
  })),
  ...(["h2c", "h2", "http/1.1"] as const).map((protocol) => ({
    name: `@aws-sdk/client-bedrock-runtime over ${protocolNames[protocol]}`,
    scenario: "bedrock",
    packages: [
      "@aws-sdk/client-bedrock-runtime",
      ...(protocol === "http/1.1" ? ["@smithy/node-http-handler"] : []),
    ],
    ...both,
    providers: ["aws.bedrock"] as const,
    protocol,
    options: { handler: protocol },
  })),
  {
    name: "@perplexity-ai/perplexity_ai",
    scenario: "perplexity",
    packages: ["@perplexity-ai/perplexity_ai"],
    ...both,
    systems: ["ESM"],
    providers: ["perplexity"],
  },
  { name: "exa-js", scenario: "exa", packages: ["exa-js"], ...both, providers: ["exa"] },
  {
    name: "@mendable/firecrawl-js",
    scenario: "firecrawl",
    packages: ["@mendable/firecrawl-js"],
    ...both,
    nodes: [24],
    providers: ["firecrawl"],
  },
  { name: "@tavily/core", scenario: "tavily", packages: ["@tavily/core"], ...both, providers: ["tavily"] },
  { name: "cohere-ai", scenario: "cohere", packages: ["cohere-ai"], ...both, providers: ["cohere"] },
  {
    name: "@mistralai/mistralai",
    scenario: "mistral",
    packages: ["@mistralai/mistralai"],
    ...both,
    systems: ["ESM"],
    providers: ["mistral_ai"],
  },
  { name: "groq-sdk", scenario: "groq", packages: ["groq-sdk"], ...both, providers: ["groq"] },
  {
    name: "ollama",
    scenario: "ollama",
    packages: ["ollama"],
    ...both,
    providers: ["ollama"],
  },
  {
    name: "@openrouter/sdk",
    scenario: "openrouter",
    packages: ["@openrouter/sdk"],
    ...both,
    systems: ["ESM"],
    providers: ["openrouter"],
  },
  {
    name: "@langchain/openai",
    scenario: "langchain",
    packages: ["@langchain/openai"],
    ...both,
    nodes: [24],
    providers: ["openai"],
  },
  {
    name: "@langchain/anthropic",
    scenario: "langchain",
    packages: ["@langchain/anthropic"],
    ...both,
    providers: ["anthropic"],
  },
  {
    name: "llamaindex",
    scenario: "llamaindex",
    packages: ["llamaindex", "@llamaindex/openai"],
    ...both,
    providers: ["openai"],
  },
  {
    name: "@huggingface/inference",
    scenario: "huggingface",
    packages: ["@huggingface/inference"],
    ...both,
    providers: ["huggingface"],
  },
];
