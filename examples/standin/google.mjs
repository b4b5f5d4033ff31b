import { directiveNumber } from "./directives.mjs";
import { answer, answerTokens, countTokens, REASONING_TOKENS } from "./tokens.mjs";
import { sseEvent } from "./wire.mjs";

const thinks = (model) => /^gemini-(2\.5|[3-9])/.test(model);
const textsOf = (content) =>
  typeof content === "string"
    ? [content]
    : (content?.parts ?? []).flatMap((part) => (typeof part === "string" ? [part] : (part.text ?? [])));

/** Answers of the Gemini API: generate, stream, embed; and what is not billed beside them. */
export function google(request) {
  const { method, path, body } = request;
  const [, action] = /\/models\/[^/]+:(\w+)$/.exec(path) ?? [];
  if (method === "POST") {
    if (action === "generateContent" || action === "streamGenerateContent") return generate(request, action);
    if (action === "embedContent" || action === "batchEmbedContents") return embed(request, action);
    if (action === "countTokens")
      return { status: 200, document: { totalTokens: countTokens(...promptTexts(body)) } };
  }
  if (method === "GET" && path.endsWith("/models"))
    return { status: 200, document: { models: [{ name: "models/gemini-2.5-flash", version: "001" }] } };
  return googleError(404, request.directives);
}

export function googleError(status) {
  const names = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
  };
  return {
    status,
    document: {
      error: {
        code: status,
        message: `The stand-in was asked for ${status}.`,
        status: names[status] ?? "INTERNAL",
      },
    },
  };
}

function promptTexts(body) {
  return [...textsOf(body.systemInstruction), ...(body.contents ?? []).flatMap(textsOf)];
}

function generate(request, action) {
  const { body, directives, model } = request;
  const config = body.generationConfig ?? {};
  const prompt = countTokens(...promptTexts(body));
  const thoughts = directiveNumber(
    directives,
    "reasoning",
    thinks(model) && config.thinkingConfig?.thinkingBudget !== 0 ? REASONING_TOKENS : 0,
  );
  const limit = config.maxOutputTokens ?? Number.POSITIVE_INFINITY;
  const visible = Math.min(directiveNumber(directives, "output", answerTokens(prompt)), limit);
  const cached = directiveNumber(directives, "cached", 0);
  const searches = directiveNumber(directives, "searches", 0);
  const id = request.nextId("");
  const usageAfter = (candidates) => ({
    promptTokenCount: prompt,
    ...(candidates > 0 ? { candidatesTokenCount: candidates } : {}),
    totalTokenCount: prompt + candidates + thoughts,
    ...(cached > 0 ? { cachedContentTokenCount: cached } : {}),
    promptTokensDetails: [{ modality: "TEXT", tokenCount: prompt }],
    ...(thoughts > 0 ? { thoughtsTokenCount: thoughts } : {}),
    serviceTier: directives.get("tier") ?? "standard",
  });
  const usage = usageAfter(visible);
  const queries = Array.from({ length: searches }, (_, index) => `linen ${index}`);
  const document = (text, usageMetadata, last) => ({
    candidates: [
      {
        content: { parts: [{ text }], role: "model" },
        ...(last ? { finishReason: "STOP" } : {}),
        ...(last && searches > 0 ? { groundingMetadata: { webSearchQueries: queries } } : {}),
        index: 0,
      },
    ],
    ...(directives.has("no-usage") ? {} : { usageMetadata }),
    modelVersion: model,
    responseId: id,
  });
  const pieces = answer(visible, config.responseJsonSchema ?? config.responseSchema);
  if (action === "generateContent")
    return { status: 200, id, usage, document: document(pieces.join(""), usage, true) };
  // Gemini streams few, large chunks, each with the usage so far.
  const perChunk = Math.max(1, Math.ceil(pieces.length / 4));
  const events = [];
  for (let start = 0; start < Math.max(1, pieces.length); start += perChunk) {
    const end = Math.min(start + perChunk, pieces.length);
    const last = end >= pieces.length;
    const soFar = last ? usage : usageAfter(Math.floor((visible * end) / pieces.length));
    events.push(sseEvent(document(pieces.slice(start, end).join(""), soFar, last)));
  }
  if (request.query.get("alt") === "sse") return { status: 200, id, usage, events };
  // Without `alt=sse` the chunks come as one JSON array.
  return {
    status: 200,
    id,
    usage,
    document: events.map((event) => JSON.parse(event.slice("data: ".length))),
  };
}

function embed({ body, directives }, action) {
  const requests = action === "embedContent" ? [body] : (body.requests ?? []);
  const texts = requests.map((request) => textsOf(request.content).join(""));
  const tokens = countTokens(...texts);
  const vector = (text) => Array.from({ length: 8 }, (_, index) => ((text.length * (index + 5)) % 19) / 19);
  const usage = { promptTokenCount: tokens, promptTokenDetails: [{ modality: "TEXT", tokenCount: tokens }] };
  const vectors = texts.map((text) => ({ values: vector(text) }));
  return {
    status: 200,
    id: null,
    usage,
    document: {
      ...(action === "embedContent" ? { embedding: vectors[0] } : { embeddings: vectors }),
      ...(directives.has("no-usage") ? {} : { usageMetadata: usage }),
    },
  };
}
