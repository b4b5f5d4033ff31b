import type { Endpoint } from "../../shared/call.ts";
import type { Factor } from "./prices.ts";

const standard: Factor = { factor: 1, known: true };

/** What a provider adds for keeping a call in one place: OpenAI, Anthropic and Google a tenth each. */
const PREMIUM = 1.1;

/**
 * What tokens cost more where a call went, as far as its endpoint says so; Bedrock says it in its models' names, Anthropic in
 * its answers. `priceKey` is the `provider:model` that the list price was found under.
 */
export function placeOf(provider: string, endpoint: Endpoint | null, priceKey: string): Factor {
  if (endpoint === null) return standard;
  switch (provider) {
    case "openai":
      return openaiPlace(endpoint.host, priceKey);
    case "gcp.vertex_ai":
      return vertexPlace(endpoint, priceKey);
    default:
      return standard;
  }
}

/**
 * "Data residency endpoints are charged a 10% uplift for models released on or after March 5, 2026":
 * https://developers.openai.com/api/docs/guides/data-residency
 */
function openaiPlace(host: string, priceKey: string): Factor {
  if (!/^[a-z]{2}\.api\.openai\.com(?::\d+)?$/.test(host)) return standard;
  if (openaiSince.test(priceKey)) return { factor: PREMIUM, known: true };
  return openaiBefore.test(priceKey) ? standard : { factor: 1, known: false };
}

const openaiSince = /^openai:gpt-(?:5\.[4-9]|[6-9])/;
/** Of what is left: whose day is not known here may be newer. */
const openaiBefore =
  /^openai:(?:ft:)?(?:gpt-[345]|o[134]|text-embedding|whisper|gpt-audio|gpt-image-1|gpt-realtime(?!-2))/;

/**
 * Claude Sonnet, Haiku and Opus 4.5 and what came after cost a tenth more at regional and multi-region endpoints:
 * https://platform.claude.com/docs/en/about-claude/pricing (third-party platforms). Gemini's and others' models have one
 * price, or their list does not say.
 */
function vertexPlace({ host, path }: Endpoint, priceKey: string): Factor {
  if (!claudeSince.test(priceKey)) return standard;
  const location = /\/locations\/([\w-]+)\//.exec(path)?.[1] ?? (vertexGlobal.test(host) ? "global" : null);
  if (location === null) return { factor: 1, known: false };
  return location === "global" ? standard : { factor: PREMIUM, known: true };
}

const claudeSince = /claude-(?:(?:opus|sonnet|haiku)-(?:4-[5-9]|[5-9])|fable-)/;
const vertexGlobal = /^aiplatform\.googleapis\.com(?::\d+)?$/;
