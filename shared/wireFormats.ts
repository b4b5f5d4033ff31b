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
   * member and keeps what the later one lacks; `sum`, each is an answer of its own, and they are added up for each model,
   * into `rawUsage.usages`.
   */
  join: "replace" | "merge" | "sum";
  /** Types of items in `output` that are counted into `rawUsage.itemCounts`, for providers that bill by them. */
  countedItems?: readonly string[];
  /**
   * Names of members that are lists, wherever in the document: their length goes into `rawUsage.itemCounts` under their
   * own name, the largest seen where a stream repeats them.
   */
  countedLists?: readonly string[];
  /**
   * Names of members that are numbers, wherever in the document: their sum goes into `rawUsage.itemCounts` under their own
   * name.
   */
  addedNumbers?: readonly string[];
  /** Members of the document that are not looked into, as they repeat what is counted elsewhere. */
  ignored?: readonly string[];
  /** Names of further members that make an event of a stream worth a look where they are objects. */
  signs?: readonly string[];
  /** What of the request's own body is needed as well: see `RequestNeeds`. */
  request?: RequestNeeds;
  /** Request headers (lower case) of which one names the model, where the body does not. */
  modelHeaders?: readonly string[];
  /** Last words of a stream, any of them. Formats that end by closing the connection alone have none. */
  endMarks?: readonly string[];
  /** The member that is `true` in the last document, of a stream that is a JSON document a line. */
  endField?: string;
  /**
   * Response headers that are copied into `rawUsage.headers` under these names (lower case), for providers that say in
   * them what the body lacks: see `headersOf`.
   */
  headers?: readonly string[];
}

/** Members of a request's JSON body (or fields of its form) that decide what it costs, and are copied into `rawUsage.request`. */
export interface RequestNeeds {
  /** Numbers, yes or no, and words of a choice, as they are. */
  words?: readonly string[];
  /** Texts, of which only the number of characters is taken. */
  lengths?: readonly string[];
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
    endMarks: ['"image_generation.completed"', '"image_edit.completed"'],
  },
  /** Some say how long the recording was beside the text. */
  "openai.transcription": {
    fields: ["model", "usage", "duration"],
    usageField: "usage",
    envelopes: [],
    join: "replace",
    endMarks: ['"transcript.text.done"'],
  },
  /** Sound, of which only a stream of events says what it took. */
  "openai.speech": {
    fields: ["usage"],
    usageField: "usage",
    envelopes: [],
    join: "replace",
    request: { lengths: ["input"] },
    endMarks: ['"speech.audio.done"'],
  },
  /** Questions that are answered by a choice or a number. */
  "openai.decisions": {
    fields: ["model", "usage"],
    usageField: "usage",
    envelopes: [],
    join: "replace",
  },
  /** A batch, whose usage is there when it has ended. */
  "openai.batch": {
    fields: ["id", "model", "status", "usage"],
    usageField: "usage",
    envelopes: [],
    join: "replace",
  },
  /** A video, which is made while one asks for it. */
  "openai.video": {
    fields: ["id", "model", "status", "seconds", "size"],
    usageField: "seconds",
    envelopes: [],
    join: "replace",
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
  /** The router says in a header whom it passed the call on to, which decides the price. */
  "huggingface.chat": { ...openaiChat, headers: ["x-inference-provider"] },
  /** A stream has the usage within its last choice, and beside the choices only for who asks. */
  "moonshot.chat": { ...openaiChat, envelopes: ["choices[]"] },
  "perplexity.chat": openaiChat,
  /** Work that is handed in by one exchange */
  "perplexity.job": {
    fields: ["id", "model", "status"],
    usageField: "usage",
    envelopes: [],
    join: "replace",
  },
  /** and read by others, whose answer stands in an envelope with an id of its own. */
  "perplexity.jobResult": {
    fields: ["model", "status", "usage"],
    usageField: "usage",
    envelopes: ["response"],
    join: "replace",
  },
  /** Conversations, whose id is not that of one answer. The model stands beside each output. */
  "mistral.conversation": {
    fields: ["model", "usage"],
    usageField: "usage",
    envelopes: ["outputs[]"],
    join: "replace",
    endMarks: ['"conversation.response.done"'],
  },
  /** The AI SDK's own words: https://github.com/vercel/ai/tree/main/packages/gateway */
  "vercel.gateway": {
    fields: ["usage", "modelId", "generationId", "cost"],
    usageField: "usage",
    envelopes: ["response", "providerMetadata", "gateway"],
    join: "merge",
    modelHeaders: ["ai-language-model-id", "ai-model-id"],
    countedLists: ["images"],
    endMarks: ['"type":"finish"'],
  },
  "anthropic.messages": {
    fields: ["id", "model", "usage"],
    usageField: "usage",
    envelopes: ["message"],
    join: "merge",
    endMarks: ['"message_stop"'],
  },
  /** A batch, of which only its results say what it took. */
  "anthropic.batch": {
    fields: ["id", "processing_status", "request_counts"],
    usageField: "usage",
    envelopes: [],
    join: "replace",
  },
  /** One line for each request, with the whole message that answered it. */
  "anthropic.batchResults": {
    fields: ["model", "usage"],
    usageField: "usage",
    envelopes: ["result", "message"],
    join: "sum",
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
  /** Interactions, which Gemini's agents and background work go by. */
  "google.interaction": {
    fields: ["id", "model", "agent", "status", "service_tier", "usage"],
    usageField: "usage",
    envelopes: ["interaction"],
    join: "replace",
    endMarks: ['"interaction.completed"', '"interaction.complete"'],
  },
  /** A batch: its state and, when it has ended, its answers stand within `metadata`; `response` repeats the answers. */
  "google.batch": {
    fields: ["name", "model", "state"],
    usageField: "usageMetadata",
    envelopes: ["metadata"],
    join: "replace",
    addedNumbers: [
      "promptTokenCount",
      "cachedContentTokenCount",
      "toolUsePromptTokenCount",
      "candidatesTokenCount",
      "thoughtsTokenCount",
    ],
    ignored: ["response"],
  },
  /** Pictures by `:predict`, of the Gemini API and of Vertex. */
  "google.images": {
    fields: [],
    usageField: "usageMetadata",
    envelopes: [],
    join: "replace",
    countedLists: ["predictions"],
  },
  /** Videos: what is answered is the name of the work, and later where its files are. */
  "google.video": {
    fields: ["name"],
    usageField: "usageMetadata",
    envelopes: [],
    join: "replace",
  },
  /** Tokens stand beside each vector; of the whole there are the characters. */
  "vertex.predict": {
    fields: ["metadata"],
    usageField: "metadata",
    envelopes: [],
    join: "replace",
    addedNumbers: ["token_count"],
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
    signs: ["amazon-bedrock-invocationMetrics"],
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
  /** Its SDK stops reading where this says that it is done. */
  ollama: {
    fields: ["model", "prompt_eval_count", "eval_count"],
    usageField: "eval_count",
    envelopes: [],
    join: "replace",
    endField: "done",
  },
  /** A stream of research ends with an event whose `output` brings the cost. */
  exa: {
    fields: ["requestId", "researchId", "id", "status", "costDollars"],
    usageField: "costDollars",
    envelopes: ["output"],
    join: "replace",
  },
  /** One page, of which the figure stands in `data.metadata`, or a search. */
  "firecrawl.pages": {
    fields: ["creditsUsed"],
    usageField: "creditsUsed",
    envelopes: ["data", "metadata"],
    join: "replace",
  },
  /** A list of a site's pages. */
  "firecrawl.map": {
    fields: ["success", "creditsUsed"],
    usageField: "creditsUsed",
    envelopes: [],
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
  "tavily.search": {
    fields: ["request_id", "usage"],
    usageField: "usage",
    envelopes: [],
    join: "replace",
    request: { words: ["search_depth", "auto_parameters"] },
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
