/**
 * What the shim takes out of a provider's response, by wire format: facts, copied as they came into
 * `CallReport.rawUsage`. Their meaning is given by the daemon (`daemon/usage`).
 */
export interface WireFormat {
  /** Top-level fields of the response document that are copied. */
  fields: readonly string[];
  /** The field among them that holds the usage; an event of a stream is parsed only where its name occurs. */
  usageField: string;
  /** Members under which an event of a stream carries (a part of) the document: Anthropic's `message`, Responses' `response`. */
  envelopes: readonly string[];
  /**
   * How a later event's usage joins an earlier one's: `replace`, the last one stands; `merge`, it replaces member by
   * member and keeps what the later one lacks.
   */
  join: "replace" | "merge";
  /** Types of items in `output` that are counted into `rawUsage.itemCounts`, for providers that bill by them. */
  countedItems?: readonly string[];
  /**
   * Names of members that are lists, wherever in the document: their length goes into `rawUsage.itemCounts` under their
   * own name, the largest seen where a stream repeats them.
   */
  countedLists?: readonly string[];
  /** Last words of a stream, any of them. Formats that end by closing the connection alone have none. */
  endMarks?: readonly string[];
  /**
   * Response headers that are copied into `rawUsage.headers` under these names (lower case), for providers that say in
   * them what the body lacks: see `headersOf`.
   */
  headers?: readonly string[];
}

/** What a wire format takes from a response's headers; `undefined` where it takes none or none is there. */
export function headersOf(
  { headers = [] }: WireFormat,
  get: (name: string) => string | null | undefined,
): Record<string, string> | undefined {
  const found: Record<string, string> = {};
  for (const name of headers) {
    const value = get(name);
    if (typeof value === "string" && value.length <= MAX_HEADER_LENGTH) found[name] = value;
  }
  return Object.keys(found).length === 0 ? undefined : found;
}

/** Counts are copied, and nothing longer. */
const MAX_HEADER_LENGTH = 20;

const openaiChat = {
  fields: ["id", "model", "service_tier", "usage"],
  usageField: "usage",
  envelopes: [],
  join: "replace",
  endMarks: ["[DONE]"],
} as const satisfies WireFormat;

export const wireFormats = {
  "openai.chat": openaiChat,
  "openai.responses": {
    fields: ["id", "model", "status", "background", "service_tier", "usage", "tool_usage"],
    usageField: "usage",
    envelopes: ["response"],
    join: "replace",
    countedItems: ["web_search_call", "file_search_call", "code_interpreter_call", "image_generation_call"],
    endMarks: ['"response.completed"', '"response.incomplete"', '"response.failed"'],
  },
  "openai.embeddings": {
    fields: ["model", "usage"],
    usageField: "usage",
    envelopes: [],
    join: "replace",
  },
  "openai.images": {
    fields: ["usage"],
    usageField: "usage",
    envelopes: [],
    join: "replace",
    countedLists: ["data"],
  },
  "openai.transcription": {
    fields: ["usage"],
    usageField: "usage",
    envelopes: [],
    join: "replace",
    endMarks: ['"transcript.text.done"'],
  },
  /** Of a WebSocket: `response.done`, and with `item_id` a transcription of what was heard, beside which stands its `usage`. */
  "openai.realtime": {
    fields: ["id", "item_id", "model", "status", "usage"],
    usageField: "usage",
    envelopes: ["response", "status_details"],
    join: "replace",
  },
  /** Streams of old repeat the usage within `x_groq`, and may have it there alone. */
  "groq.chat": { ...openaiChat, fields: [...openaiChat.fields, "x_groq"] },
  "perplexity.chat": openaiChat,
  "anthropic.messages": {
    fields: ["id", "model", "usage"],
    usageField: "usage",
    envelopes: ["message"],
    join: "merge",
    endMarks: ['"message_stop"'],
  },
  "google.generateContent": {
    fields: ["responseId", "modelVersion", "usageMetadata"],
    usageField: "usageMetadata",
    envelopes: [],
    join: "replace",
    countedLists: ["webSearchQueries"],
    endMarks: ['"finishReason"'],
  },
  /** Of a WebSocket: any message may bring the usage of the turn that has ended. */
  "google.live": {
    fields: ["usageMetadata"],
    usageField: "usageMetadata",
    envelopes: [],
    join: "replace",
    countedLists: ["webSearchQueries"],
  },
  "google.embedContent": {
    fields: ["usageMetadata"],
    usageField: "usageMetadata",
    envelopes: [],
    join: "replace",
  },
  "vertex.predict": {
    fields: ["metadata"],
    usageField: "metadata",
    envelopes: [],
    join: "replace",
  },
  /** `metadata` is the event of a stream that brings the usage. */
  "bedrock.converse": {
    fields: ["usage", "serviceTier"],
    usageField: "usage",
    envelopes: ["metadata"],
    join: "replace",
  },
  /** Each maker's own words, as the model was trained to say them. */
  "bedrock.invoke": {
    fields: [
      "id",
      "model",
      "usage",
      "inputTextTokenCount",
      "prompt_token_count",
      "generation_token_count",
      "amazon-bedrock-invocationMetrics",
    ],
    usageField: "usage",
    envelopes: ["message"],
    join: "merge",
    headers: ["x-amzn-bedrock-input-token-count", "x-amzn-bedrock-output-token-count"],
  },
  "cohere.chat": {
    fields: ["id", "usage"],
    usageField: "usage",
    envelopes: ["delta"],
    join: "replace",
    endMarks: ['"message-end"'],
  },
  /** Everything of Cohere's but `v2/chat`. */
  "cohere.meta": {
    fields: ["id", "generation_id", "meta"],
    usageField: "meta",
    envelopes: ["response"],
    join: "replace",
    endMarks: ['"stream-end"'],
  },
  /** Embeddings and rerankings of Voyage and Jina. */
  totalTokens: {
    fields: ["model", "usage"],
    usageField: "usage",
    envelopes: [],
    join: "replace",
  },
  "jina.reader": {
    fields: ["meta"],
    usageField: "meta",
    envelopes: [],
    join: "replace",
  },
  "mistral.ocr": {
    fields: ["model", "usage_info"],
    usageField: "usage_info",
    envelopes: [],
    join: "replace",
  },
  ollama: {
    fields: ["model", "prompt_eval_count", "eval_count"],
    usageField: "eval_count",
    envelopes: [],
    join: "replace",
  },
  exa: {
    fields: ["requestId", "researchId", "status", "costDollars"],
    usageField: "costDollars",
    envelopes: [],
    join: "replace",
  },
  /** One page, of which the figure stands in `data.metadata`, or a search. */
  "firecrawl.pages": {
    fields: ["creditsUsed"],
    usageField: "creditsUsed",
    envelopes: ["data", "metadata"],
    join: "replace",
  },
  /** What is started by one exchange and read by later ones. */
  "firecrawl.job": {
    fields: ["id", "status", "creditsUsed"],
    usageField: "creditsUsed",
    envelopes: [],
    join: "replace",
  },
  tavily: {
    fields: ["request_id", "status", "usage"],
    usageField: "usage",
    envelopes: [],
    join: "replace",
  },
} as const satisfies Record<string, WireFormat>;

export type WireFormatName = keyof typeof wireFormats;

/**
 * Formats that are looked for where nobody knows the endpoint. Their fields hold figures whoever uses these names; `meta` or
 * `metadata` may hold anything there, so the formats that have them are left out.
 */
export const guessedFormats: readonly WireFormatName[] = [
  "openai.chat",
  "openai.responses",
  "openai.embeddings",
  "anthropic.messages",
  "google.generateContent",
  "google.embedContent",
  "ollama",
];
