import { copied, creates, type EndpointRule, type Provider } from "./provider.ts";

const { chat, embeddings, responses, storedResponse, messages, images, transcription, speech } = copied;

const rerank = creates(/\/rerank$/, "rerank", "totalTokens");

function compatible(name: string, hosts: readonly string[], ...more: EndpointRule[]): Provider {
  return { name, hosts, endpoints: [chat, embeddings, ...more] };
}

/** Those who serve many makers' models in OpenAI's words. */
export const resellers: readonly Provider[] = [
  {
    name: "groq",
    hosts: ["api.groq.com"],
    endpoints: [
      creates(/\/chat\/completions$/, "chat", "groq.chat"),
      responses,
      embeddings,
      transcription,
      speech,
    ],
  },
  compatible(
    "openrouter",
    ["openrouter.ai", "*.openrouter.ai"],
    responses,
    messages,
    creates(/\/images$/, "image", "openai.images"),
    transcription,
    speech,
    rerank,
  ),
  compatible("together", ["api.together.xyz", "api.together.ai"], images, transcription, speech, rerank),
  compatible("fireworks", ["api.fireworks.ai"], responses, storedResponse, messages, rerank),
  compatible("cerebras", ["api.cerebras.ai"]),
  {
    name: "huggingface",
    hosts: ["router.huggingface.co", "api-inference.huggingface.co"],
    endpoints: [
      creates(/\/(?:chat\/)?completions$/, "chat", "huggingface.chat"),
      embeddings,
      responses,
      // Of what is billed by the time that it took nothing is said.
      creates(/^\/(?:hf-inference\/)?models\/.+$/, "other", "openai.chat"),
    ],
  },
  compatible("heroku", ["*.inference.heroku.com"], images, messages),
  compatible("crusoe", ["api.inference.crusoecloud.com"]),
  compatible(
    "vercel",
    ["ai-gateway.vercel.sh"],
    responses,
    messages,
    images,
    creates(/\/ai\/language-model$/, "chat", "vercel.gateway"),
    creates(/\/ai\/embedding-model$/, "embeddings", "vercel.gateway"),
    creates(/\/ai\/image-model$/, "image", "vercel.gateway"),
    creates(/\/ai\/video-model$/, "video", "vercel.gateway"),
    creates(/\/ai\/(?:speech|transcription)-model$/, "audio", "vercel.gateway"),
    creates(/\/ai\/reranking-model$/, "rerank", "vercel.gateway"),
  ),
  compatible("azure.ai.inference", ["*.models.ai.azure.com", "models.inference.ai.azure.com"]),
  compatible("github", ["models.github.ai"]),
  compatible("baseten", ["inference.baseten.co"]),
  compatible("deepinfra", ["api.deepinfra.com"]),
  compatible("minimax", ["api.minimax.io", "api.minimaxi.com"], messages),
  compatible("nebius", ["api.studio.nebius.com", "api.studio.nebius.ai", "api.tokenfactory.nebius.com"]),
  compatible("novita", ["api.novita.ai"]),
  compatible("nvidia", ["integrate.api.nvidia.com"]),
  compatible("ovhcloud", ["oai.endpoints.kepler.ai.cloud.ovh.net"]),
  compatible("sambanova", ["api.sambanova.ai"]),
  {
    name: "cloudflare",
    hosts: ["api.cloudflare.com"],
    endpoints: [
      creates(/\/ai\/v1\/chat\/completions$/, "chat", "openai.chat"),
      creates(/\/ai\/v1\/embeddings$/, "embeddings", "openai.embeddings"),
    ],
  },
  {
    name: "alibaba",
    hosts: ["dashscope.aliyuncs.com", "dashscope-intl.aliyuncs.com", "dashscope-us.aliyuncs.com"],
    endpoints: [
      creates(/\/compatible-mode\/v1\/chat\/completions$/, "chat", "openai.chat"),
      creates(/\/compatible-mode\/v1\/embeddings$/, "embeddings", "openai.embeddings"),
    ],
  },
];

/** Ollama's own words besides OpenAI's and Anthropic's. */
const ollamaEndpoints = [
  creates(/\/api\/(?:chat|generate)$/, "chat", "ollama"),
  creates(/\/api\/embed(?:dings)?$/, "embeddings", "ollama"),
  chat,
  embeddings,
  responses,
  messages,
];

/** The same program on the developer's own machine, which is free, and as a service, which is not. */
export const ollama: readonly Provider[] = [
  {
    name: "ollama",
    hosts: ["localhost:11434", "127.0.0.1:11434", "[::1]:11434"],
    endpoints: ollamaEndpoints,
  },
  { name: "ollama_cloud", hosts: ["ollama.com"], endpoints: ollamaEndpoints },
];
