import { completes, connects, copied, creates, type Provider } from "./provider.ts";

const { chat, embeddings, responses, storedResponse, messages, images, transcription, speech } = copied;
const { batch, endedBatch, video, madeVideo, realtime } = copied;

/** Those who serve other makers' models as a part of a cloud, with words of their own. */
export const clouds: readonly Provider[] = [
  {
    name: "gcp.vertex_ai",
    hosts: ["aiplatform.googleapis.com", "*-aiplatform.googleapis.com", "aiplatform.*.rep.googleapis.com"],
    endpoints: [
      creates(
        /\/(?:models|endpoints)\/[^/]+:(generateContent|streamGenerateContent)$/,
        "chat",
        "google.generateContent",
      ),
      creates(/\/models\/[^/]+:embedContent$/, "embeddings", "google.embedContent"),
      creates(/\/models\/[^/]*embedding[^/]*:predict$/, "embeddings", "vertex.predict"),
      creates(/\/publishers\/google\/models\/[^/]+:predict$/, "image", "google.images"),
      creates(/\/models\/[^/]+:predictLongRunning$/, "video", "google.video"),
      creates(/\/interactions$/, "chat", "google.interaction"),
      completes(/\/interactions\/(?<responseId>[^/]+)$/, "chat", "google.interaction"),
      creates(
        /\/publishers\/anthropic\/models\/[^/:]+(?<!count-tokens):(?:streamR|r)awPredict$/,
        "chat",
        "anthropic.messages",
      ),
      creates(
        /\/publishers\/(?!anthropic\/)[^/]+\/models\/[^/]+:(?:streamR|r)awPredict$/,
        "chat",
        "openai.chat",
      ),
      creates(/\/endpoints\/[^/]+\/chat\/completions$/, "chat", "openai.chat"),
      creates(/\/endpoints\/[^/]+\/embeddings$/, "embeddings", "openai.embeddings"),
      connects(/\.LlmBidiService\/BidiGenerateContent$/, "realtime", "google.live"),
    ],
  },
  {
    name: "azure.ai.openai",
    hosts: ["*.openai.azure.com", "*.cognitiveservices.azure.com", "*.services.ai.azure.com"],
    endpoints: [
      chat,
      responses,
      storedResponse,
      embeddings,
      images,
      transcription,
      speech,
      messages,
      video,
      madeVideo,
      batch,
      endedBatch,
      realtime,
    ],
  },
  {
    name: "aws.bedrock",
    hosts: ["bedrock-runtime*.amazonaws.com", "*.vpce.amazonaws.com", "bedrock-mantle.*.api.aws"],
    endpoints: [
      creates(/\/model\/[^/]+\/converse(?:-stream)?$/, "chat", "bedrock.converse"),
      creates(/\/model\/[^/]*embed[^/]*\/invoke$/, "embeddings", "bedrock.invoke"),
      creates(/\/model\/[^/]*rerank[^/]*\/invoke$/, "rerank", "bedrock.invoke"),
      creates(/\/model\/[^/]*(?:stability\.|canvas|titan-image)[^/]*\/invoke$/, "image", "bedrock.invoke"),
      creates(/\/model\/[^/]+\/invoke(?:-with-response-stream)?$/, "chat", "bedrock.invoke"),
      creates(/\/async-invoke$/, "other", "bedrock.invoke"),
      chat,
      responses,
      storedResponse,
      messages,
    ],
  },
  {
    name: "snowflake",
    hosts: ["*.snowflakecomputing.com"],
    endpoints: [
      creates(/\/api\/v2\/cortex\/v1\/chat\/completions$/, "chat", "openai.chat"),
      creates(/\/api\/v2\/cortex\/v1\/messages$/, "chat", "anthropic.messages"),
      creates(/\/api\/v2\/cortex\/inference:complete$/, "chat", "openai.chat"),
      creates(/\/api\/v2\/cortex\/inference:embed$/, "embeddings", "openai.embeddings"),
    ],
  },
];
