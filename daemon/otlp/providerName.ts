import { ownValue } from "../../shared/ownValue.ts";
import { knownProviderName, providerOfHost } from "../../shared/providers.ts";
import { type Span, textOf } from "./span.ts";

/** Of calls whose span names none. They have no price. */
export const UNKNOWN_PROVIDER = "unknown";

/** What instrumentations alone call a provider → what it is called here. */
const otherNames: Readonly<Record<string, string>> = {
  "amazon-bedrock": "aws.bedrock",
  amazon_bedrock: "aws.bedrock",
  aws_bedrock: "aws.bedrock",
  "az.ai.inference": "azure.ai.inference",
  "az.ai.openai": "azure.ai.openai",
  "azure-openai": "azure.ai.openai",
  azure_openai: "azure.ai.openai",
  gateway: "vercel",
  "google.vertex": "gcp.vertex_ai",
  google_genai: "google",
  hugging_face: "huggingface",
  mistralai: "mistral_ai",
  together_ai: "together",
  togetherai: "together",
  "vertex.anthropic": "gcp.vertex_ai",
  vertex_ai: "gcp.vertex_ai",
  vertexai: "gcp.vertex_ai",
  "x-ai": "x_ai",
};

/** The AI SDK adds to a provider's name which of its APIs was asked. */
const API_SUFFIX =
  /\.(chat|completion|responses|messages|embedding|textembedding|image|speech|transcription|generative-ai)$/;

/** Families that their makers alone serve under these names, where a span says no more than the model. */
const makers: readonly (readonly [RegExp, string])[] = [
  [/^(gpt-|chatgpt-|o[1-9](-|$)|text-embedding-3-|text-embedding-ada-|dall-e-|whisper-1$|tts-1)/, "openai"],
  [/^claude-/, "anthropic"],
  [/^gemini-/, "google"],
];

/**
 * Who served a call: by the host that was asked where it is a provider's own, for instrumentations name the provider
 * whose SDK it is; else by the name in the span, else by the model's.
 */
export function providerName({ attributes }: Span, model: string | null): string {
  const host = textOf(attributes, "server.address", "net.peer.name");
  const port = attributes.get("server.port");
  if (host !== null) {
    const known = providerOfHost(`${host.toLowerCase()}${typeof port === "number" ? `:${port}` : ""}`);
    if (known !== undefined) return known.name;
  }
  const named = textOf(
    attributes,
    "gen_ai.provider.name",
    "gen_ai.system",
    "ai.model.provider",
    "llm.provider",
    "llm.system",
    "llm.vendor",
  );
  if (named !== null) {
    const name = named.toLowerCase().replace(API_SUFFIX, "");
    return ownValue(otherNames, name) ?? knownProviderName(name);
  }
  return makers.find(([family]) => family.test(model ?? ""))?.[1] ?? UNKNOWN_PROVIDER;
}
