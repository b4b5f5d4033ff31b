import { completes, connects, copied, creates, type Provider } from "./provider.ts";

const { chat, embeddings, responses, storedResponse, messages, images, transcription, speech } = copied;
const { batch, endedBatch, video, madeVideo, realtime } = copied;

/** Those who train models and serve them at an address of their own. */
export const modelMakers: readonly Provider[] = [
  {
    name: "openai",
    hosts: ["api.openai.com", "*.api.openai.com"],
    endpoints: [
      chat,
      responses,
      creates(/\/responses\/compact$/, "chat", "openai.responses"),
      storedResponse,
      embeddings,
      images,
      transcription,
      speech,
      video,
      madeVideo,
      creates(/\/decisions$/, "other", "openai.decisions"),
      batch,
      endedBatch,
      realtime,
      connects(/\/responses$/, "chat", "openai.responses"),
    ],
  },
  {
    name: "anthropic",
    hosts: ["api.anthropic.com", "aws-external-anthropic.*.api.aws"],
    endpoints: [
      messages,
      creates(/\/v1\/messages\/batches$/, "chat", "anthropic.batch"),
      completes(/\/v1\/messages\/batches\/(?<responseId>[^/]+)\/results$/, "chat", "anthropic.batchResults"),
      completes(/\/v1\/messages\/batches\/(?<responseId>[^/]+)$/, "chat", "anthropic.batch"),
    ],
  },
  {
    name: "google",
    hosts: ["generativelanguage.googleapis.com"],
    endpoints: [
      creates(/\/models\/[^/]+:(generateContent|streamGenerateContent)$/, "chat", "google.generateContent"),
      creates(/\/models\/[^/]+:(embedContent|batchEmbedContents)$/, "embeddings", "google.embedContent"),
      creates(/\/models\/[^/]+:predict$/, "image", "google.images"),
      creates(/\/models\/[^/]+:predictLongRunning$/, "video", "google.video"),
      creates(/\/models\/[^/]+:batchGenerateContent$/, "chat", "google.batch"),
      completes(/\/v\d\w*\/(?<responseId>batches\/[^/:]+)$/, "chat", "google.batch"),
      creates(/\/interactions$/, "chat", "google.interaction"),
      completes(/\/interactions\/(?<responseId>[^/]+)$/, "chat", "google.interaction"),
      connects(/\.GenerativeService\.BidiGenerateContent(?:Constrained)?$/, "realtime", "google.live"),
      creates(/\/openai\/chat\/completions$/, "chat", "openai.chat"),
      creates(/\/openai\/embeddings$/, "embeddings", "openai.embeddings"),
      creates(/\/openai\/images\/generations$/, "image", "openai.images"),
    ],
  },
  {
    name: "mistral_ai",
    hosts: ["api.mistral.ai", "codestral.mistral.ai"],
    endpoints: [
      creates(/\/(?:chat|fim|agents)\/completions$/, "chat", "openai.chat"),
      embeddings,
      creates(/\/conversations(?:\/[^/]+(?:\/restart)?)?$/, "chat", "mistral.conversation"),
      transcription,
      speech,
      creates(/\/ocr$/, "other", "mistral.ocr"),
    ],
  },
  {
    name: "deepseek",
    hosts: ["api.deepseek.com"],
    endpoints: [chat, responses, storedResponse, messages],
  },
  {
    name: "cohere",
    hosts: ["api.cohere.com", "api.cohere.ai"],
    endpoints: [
      creates(/\/v2\/chat$/, "chat", "cohere.chat"),
      creates(/\/v1\/(?:chat|generate|summarize|classify)$/, "chat", "cohere.meta"),
      creates(/\/v[12]\/embed$/, "embeddings", "cohere.meta"),
      creates(/\/v[12]\/rerank$/, "rerank", "cohere.meta"),
      creates(/\/compatibility\/v1\/chat\/completions$/, "chat", "openai.chat"),
      creates(/\/compatibility\/v1\/embeddings$/, "embeddings", "openai.embeddings"),
    ],
  },
  {
    name: "voyage",
    hosts: ["api.voyageai.com"],
    endpoints: [
      creates(/\/(?:multimodal|contextualized)?embeddings$/, "embeddings", "totalTokens"),
      creates(/\/rerank$/, "rerank", "totalTokens"),
    ],
  },
  {
    name: "x_ai",
    hosts: ["api.x.ai", "*.api.x.ai"],
    endpoints: [chat, responses, storedResponse, messages, embeddings, images, realtime],
  },
  {
    name: "perplexity",
    hosts: ["api.perplexity.ai"],
    endpoints: [
      creates(/\/async\/chat\/completions$/, "chat", "perplexity.job"),
      completes(/\/async\/chat\/completions\/(?<responseId>[^/]+)$/, "chat", "perplexity.jobResult"),
      creates(/\/chat\/completions$/, "chat", "perplexity.chat"),
      // Agents answer in the words of Responses, under either name: docs.perplexity.ai/docs/agent-api/openai-compatibility
      creates(/\/v1\/agent$/, "chat", "openai.responses"),
      completes(/\/v1\/agent\/(?<responseId>[^/]+)$/, "chat", "openai.responses"),
      responses,
      storedResponse,
      embeddings,
      creates(/\/v1\/contextualizedembeddings$/, "embeddings", "openai.embeddings"),
      creates(/\/search$/, "search", "perplexity.chat"),
    ],
  },
  {
    name: "z_ai",
    hosts: ["api.z.ai", "open.bigmodel.cn"],
    endpoints: [
      chat,
      messages,
      embeddings,
      images,
      transcription,
      // Without a model, and without usage.
      creates(/\/paas\/v4\/web_search$/, "search", "openai.chat"),
    ],
  },
  {
    name: "moonshot_ai",
    hosts: ["api.moonshot.ai", "api.moonshot.cn"],
    endpoints: [creates(/\/chat\/completions$/, "chat", "moonshot.chat"), messages],
  },
  {
    name: "jina",
    hosts: ["api.jina.ai", "r.jina.ai", "s.jina.ai", "deepsearch.jina.ai"],
    endpoints: [
      creates(/\/v1\/embeddings$/, "embeddings", "totalTokens"),
      creates(/\/v1\/rerank$/, "rerank", "totalTokens"),
      creates(/\/v1\/classify$/, "other", "totalTokens"),
      creates(/\/v1\/chat\/completions$/, "chat", "openai.chat"),
      creates(/^\/$/, "scrape", "jina.reader"),
    ],
  },
];

/** Those who search and read the web. */
export const webReaders: readonly Provider[] = [
  {
    name: "exa",
    hosts: ["api.exa.ai"],
    endpoints: [
      creates(/\/(?:search|findSimilar|answer|context)$/, "search", "exa"),
      creates(/\/contents$/, "scrape", "exa"),
      creates(/\/(?:research\/v[01]|agent\/runs)$/, "search", "exa"),
      completes(/\/(?:research\/v[01]|agent\/runs)\/(?<responseId>[^/]+)$/, "search", "exa"),
    ],
  },
  {
    name: "firecrawl",
    hosts: ["api.firecrawl.dev"],
    endpoints: [
      creates(/\/v\d\/scrape$/, "scrape", "firecrawl.pages"),
      creates(/\/v\d\/map$/, "scrape", "firecrawl.map"),
      creates(/\/v\d\/search$/, "search", "firecrawl.pages"),
      creates(
        /\/v\d\/(?:crawl|batch\/scrape|extract|agent|deep-research|llmstxt)$/,
        "scrape",
        "firecrawl.job",
      ),
      completes(
        /\/v\d\/(?:crawl|batch\/scrape|extract|agent|deep-research|llmstxt)\/(?!active$|ongoing$)(?<responseId>[^/]+)$/,
        "scrape",
        "firecrawl.job",
      ),
    ],
  },
  {
    name: "tavily",
    hosts: ["api.tavily.com"],
    endpoints: [
      creates(/\/search$/, "search", "tavily.search"),
      creates(/\/(?:extract|crawl|map)$/, "scrape", "tavily"),
      creates(/\/research$/, "search", "tavily"),
      completes(/\/research\/(?<responseId>[^/]+)$/, "search", "tavily"),
    ],
  },
];
