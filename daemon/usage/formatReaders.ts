import type { JsonObject, Operation } from "../../shared/call.ts";
import type { WireFormatName } from "../../shared/wireFormats.ts";
import { isObject } from "./fields.ts";
import { readAnthropicBatch, readAnthropicBatchResults } from "./formats/anthropicBatch.ts";
import { readAnthropicMessages } from "./formats/anthropicMessages.ts";
import { readBedrockConverse } from "./formats/bedrockConverse.ts";
import { readBedrockInvoke } from "./formats/bedrockInvoke.ts";
import { readCohereChat, readCohereMeta } from "./formats/cohere.ts";
import { readExa } from "./formats/exa.ts";
import { readFirecrawlJob, readFirecrawlMap, readFirecrawlPages } from "./formats/firecrawl.ts";
import type { FormatReader } from "./formats/formatReader.ts";
import { readGoogleBatch } from "./formats/googleBatch.ts";
import { readGoogleEmbedContent } from "./formats/googleEmbedContent.ts";
import { readGoogleGenerateContent, readGoogleLive } from "./formats/googleGenerateContent.ts";
import { readGoogleInteraction } from "./formats/googleInteraction.ts";
import { readGoogleImages, readGoogleVideo } from "./formats/googleMedia.ts";
import { readGroqChat } from "./formats/groqChat.ts";
import { readJinaReader } from "./formats/jinaReader.ts";
import { readMistralConversation } from "./formats/mistralConversation.ts";
import { readMistralOcr } from "./formats/mistralOcr.ts";
import { readOllama } from "./formats/ollama.ts";
import { readOpenaiBatch } from "./formats/openaiBatch.ts";
import { readOpenaiChat } from "./formats/openaiChat.ts";
import { readOpenaiDecisions } from "./formats/openaiDecisions.ts";
import { readOpenaiEmbeddings } from "./formats/openaiEmbeddings.ts";
import { readOpenaiImages } from "./formats/openaiImages.ts";
import { readOpenaiRealtime } from "./formats/openaiRealtime.ts";
import { readOpenaiResponses } from "./formats/openaiResponses.ts";
import { readOpenaiSpeech } from "./formats/openaiSpeech.ts";
import { readOpenaiTranscription } from "./formats/openaiTranscription.ts";
import { readOpenaiVideo } from "./formats/openaiVideo.ts";
import { readPerplexityChat } from "./formats/perplexityChat.ts";
import { readPerplexityJob } from "./formats/perplexityJob.ts";
import { readTavily, readTavilySearch } from "./formats/tavily.ts";
import { readTotalTokens } from "./formats/totalTokens.ts";
import { readVercelGateway } from "./formats/vercelGateway.ts";
import { readVertexPredict } from "./formats/vertexPredict.ts";

/** A reader for every wire format that the shim copies from: forgetting one does not compile. */
export const formatReaders = {
  "openai.chat": readOpenaiChat,
  "openai.responses": readOpenaiResponses,
  "openai.embeddings": readOpenaiEmbeddings,
  "anthropic.messages": readAnthropicMessages,
  "anthropic.batch": readAnthropicBatch,
  "anthropic.batchResults": readAnthropicBatchResults,
  "google.generateContent": readGoogleGenerateContent,
  "google.live": readGoogleLive,
  "google.embedContent": readGoogleEmbedContent,
  "google.interaction": readGoogleInteraction,
  "google.batch": readGoogleBatch,
  "google.images": readGoogleImages,
  "google.video": readGoogleVideo,
  "openai.images": readOpenaiImages,
  "openai.realtime": readOpenaiRealtime,
  "openai.transcription": readOpenaiTranscription,
  "openai.speech": readOpenaiSpeech,
  "openai.video": readOpenaiVideo,
  "openai.batch": readOpenaiBatch,
  "openai.decisions": readOpenaiDecisions,
  "groq.chat": readGroqChat,
  "perplexity.chat": readPerplexityChat,
  "perplexity.job": readPerplexityJob,
  "perplexity.jobResult": readPerplexityJob,
  "moonshot.chat": readOpenaiChat,
  "huggingface.chat": readOpenaiChat,
  "vercel.gateway": readVercelGateway,
  "vertex.predict": readVertexPredict,
  "bedrock.converse": readBedrockConverse,
  "bedrock.invoke": readBedrockInvoke,
  "cohere.chat": readCohereChat,
  "cohere.meta": readCohereMeta,
  totalTokens: readTotalTokens,
  "jina.reader": readJinaReader,
  "mistral.ocr": readMistralOcr,
  "mistral.conversation": readMistralConversation,
  ollama: readOllama,
  exa: readExa,
  "firecrawl.pages": readFirecrawlPages,
  "firecrawl.map": readFirecrawlMap,
  "firecrawl.job": readFirecrawlJob,
  tavily: readTavily,
  "tavily.search": readTavilySearch,
} as const satisfies Record<WireFormatName, FormatReader>;

/** The format that usage of an unknown path is in, told by its fields; `undefined` where there is no usage. */
export function formatByFields(
  rawUsage: JsonObject,
): { format: WireFormatName; operation: Operation } | undefined {
  if (isObject(rawUsage["usageMetadata"])) return { format: "google.generateContent", operation: "chat" };
  if ("prompt_eval_count" in rawUsage) {
    return "eval_count" in rawUsage
      ? { format: "ollama", operation: "chat" }
      : { format: "ollama", operation: "embeddings" };
  }
  const usage = rawUsage["usage"];
  if (!isObject(usage)) return undefined;
  if ("inputTokens" in usage) return { format: "bedrock.converse", operation: "chat" };
  if ("prompt_tokens" in usage) {
    return "completion_tokens" in usage
      ? { format: "openai.chat", operation: "chat" }
      : { format: "openai.embeddings", operation: "embeddings" };
  }
  if (!("input_tokens" in usage)) return undefined;
  const anthropicOnly = ["cache_read_input_tokens", "cache_creation_input_tokens", "server_tool_use"];
  return anthropicOnly.some((name) => name in usage)
    ? { format: "anthropic.messages", operation: "chat" }
    : { format: "openai.responses", operation: "chat" };
}
