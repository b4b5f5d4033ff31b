import { directiveNumber } from "./directives.mjs";
import { answer, answerTokens, countTokens, REASONING_TOKENS } from "./tokens.mjs";
import { sseEvent } from "./wire.mjs";

/** Aliases and the dated models that answer for them. */
const dated = {
  "gpt-4o": "gpt-4o-2024-08-06",
  "gpt-4o-mini": "gpt-4o-mini-2024-07-18",
  "gpt-4.1": "gpt-4.1-2025-04-14",
  "gpt-4.1-mini": "gpt-4.1-mini-2025-04-14",
  "gpt-5": "gpt-5-2025-08-07",
  "gpt-5-mini": "gpt-5-mini-2025-08-07",
};

const reasons = (model) => /^(gpt-5|o\d)/.test(model);
const seconds = () => Math.floor(Date.now() / 1000);
const textsOf = (content) =>
  typeof content === "string"
    ? [content]
    : (content ?? []).flatMap((part) => (typeof part === "string" ? [part] : (part.text ?? [])));

/** Answers of the OpenAI API: chat completions, responses, embeddings; and what is not billed beside them. */
export function openai(request) {
  const { method, path, body } = request;
  if (method === "POST" && path.endsWith("/chat/completions")) return chat(request);
  if (method === "POST" && path.endsWith("/responses")) return responses(request);
  if (method === "POST" && path.endsWith("/embeddings")) return embeddings(request);
  if (method === "POST" && path.endsWith("/responses/input_tokens"))
    return {
      status: 200,
      document: { object: "response.input_tokens", input_tokens: countTokens(...responseTexts(body)) },
    };
  const stored = method === "GET" && /\/responses\/([^/]+)$/.exec(path);
  if (stored && request.memory.has(stored[1]))
    return { status: 200, document: request.memory.get(stored[1])() };
  if (method === "GET" && path.endsWith("/models"))
    return {
      status: 200,
      document: {
        object: "list",
        data: Object.keys(dated).map((id) => ({
          id,
          object: "model",
          created: 1_700_000_000,
          owned_by: "system",
        })),
      },
    };
  return openaiError(404, request.directives);
}

export function openaiError(status, directives) {
  const [type, code] =
    status === 429
      ? ["requests", "rate_limit_exceeded"]
      : status === 401
        ? ["invalid_request_error", "invalid_api_key"]
        : status >= 500
          ? ["server_error", null]
          : ["invalid_request_error", "invalid_value"];
  return {
    status,
    headers: {
      "retry-after-ms": String(directiveNumber(directives, "retry-after-ms", 10)),
      "x-request-id": "req_standin",
    },
    document: { error: { message: `The stand-in was asked for ${status}.`, type, param: null, code } },
  };
}

/** Usage in OpenAI's two dialects: `prompt`/`completion` in chat, `input`/`output` in responses. */
function count({ directives, model }, texts, limit, schema) {
  const input = countTokens(...texts);
  const reasoning = directiveNumber(directives, "reasoning", reasons(model) ? REASONING_TOKENS : 0);
  const visible = Math.min(directiveNumber(directives, "output", answerTokens(input)), limit);
  return {
    input,
    cached: directiveNumber(directives, "cached", 0),
    output: visible + reasoning,
    reasoning,
    pieces: answer(visible, schema),
  };
}

function chat(request) {
  const { body, directives, model } = request;
  const texts = (body.messages ?? []).flatMap((message) => textsOf(message.content));
  const limit = body.max_completion_tokens ?? body.max_tokens ?? Number.POSITIVE_INFINITY;
  const used = count(request, texts, limit, body.response_format?.json_schema?.schema);
  const usage = {
    prompt_tokens: used.input,
    completion_tokens: used.output,
    total_tokens: used.input + used.output,
    prompt_tokens_details: { cached_tokens: used.cached, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: used.reasoning,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
  const id = request.nextId("chatcmpl-");
  const common = {
    id,
    created: seconds(),
    model: dated[model] ?? model,
    service_tier: directives.get("tier") ?? "default",
    system_fingerprint: "fp_standin",
  };
  if (body.stream !== true) {
    const message = { role: "assistant", content: used.pieces.join(""), refusal: null, annotations: [] };
    return {
      status: 200,
      id,
      usage,
      document: {
        ...common,
        object: "chat.completion",
        choices: [{ index: 0, message, logprobs: null, finish_reason: "stop" }],
        ...(directives.has("no-usage") ? {} : { usage }),
      },
    };
  }
  const withUsage = body.stream_options?.include_usage === true && !directives.has("no-usage");
  const chunk = (choices, chunkUsage = null) =>
    sseEvent({
      ...common,
      object: "chat.completion.chunk",
      choices,
      ...(withUsage ? { usage: chunkUsage } : {}),
    });
  const delta = (part, finish = null) => [{ index: 0, delta: part, logprobs: null, finish_reason: finish }];
  return {
    status: 200,
    id,
    usage: withUsage ? usage : null,
    events: [
      chunk(delta({ role: "assistant", content: "", refusal: null })),
      ...used.pieces.map((content) => chunk(delta({ content }))),
      chunk(delta({}, "stop")),
      ...(withUsage ? [chunk([], usage)] : []),
      sseEvent("[DONE]"),
    ],
  };
}

function responseTexts(body) {
  const items = typeof body.input === "string" ? [body.input] : (body.input ?? []);
  return [
    ...(body.instructions ? [body.instructions] : []),
    ...items.flatMap((item) => (typeof item === "string" ? [item] : textsOf(item.content))),
  ];
}

function responses(request) {
  const { body, directives, model } = request;
  const schema = body.text?.format?.schema;
  const limit = body.max_output_tokens ?? Number.POSITIVE_INFINITY;
  const used = count(request, responseTexts(body), limit, schema);
  const searches = directiveNumber(directives, "searches", 0);
  const usage = {
    input_tokens: used.input,
    input_tokens_details: { cached_tokens: used.cached },
    output_tokens: used.output,
    output_tokens_details: { reasoning_tokens: used.reasoning },
    total_tokens: used.input + used.output,
  };
  const id = request.nextId("resp_");
  const itemId = request.nextId("msg_");
  const text = used.pieces.join("");
  const part = { type: "output_text", annotations: [], logprobs: [], text };
  const message = { id: itemId, type: "message", status: "completed", role: "assistant", content: [part] };
  const searchItems = Array.from({ length: searches }, () => ({
    id: request.nextId("ws_"),
    type: "web_search_call",
    status: "completed",
    action: { type: "search", query: "linen" },
  }));
  const response = (status, over = {}) => ({
    id,
    object: "response",
    created_at: seconds(),
    status,
    background: body.background === true,
    error: null,
    incomplete_details: null,
    instructions: body.instructions ?? null,
    metadata: {},
    model: dated[model] ?? model,
    output: [],
    parallel_tool_calls: true,
    previous_response_id: body.previous_response_id ?? null,
    reasoning: { effort: null, summary: null },
    service_tier: "auto",
    store: body.store ?? true,
    temperature: 1,
    text: { format: body.text?.format ?? { type: "text" }, verbosity: "medium" },
    tool_choice: "auto",
    tools: body.tools ?? [],
    top_p: 1,
    truncation: "disabled",
    usage: null,
    user: null,
    ...over,
  });
  const completed = response("completed", {
    output: [...searchItems, message],
    service_tier: directives.get("tier") ?? "default",
    usage: directives.has("no-usage") ? null : usage,
    ...(searches > 0 ? { tool_usage: { web_search: { num_requests: searches } } } : {}),
  });
  request.memory.set(id, () => completed);
  if (body.background === true) {
    // Queued when it is made and once when it is read, then completed: what a polling host sees.
    const states = [response("in_progress")];
    request.memory.set(id, () => states.shift() ?? completed);
    return { status: 200, id, usage: null, document: response("queued") };
  }
  if (body.stream !== true) return { status: 200, id, usage, document: completed };

  let sequence = 0;
  const event = (type, data) => sseEvent({ type, sequence_number: sequence++, ...data }, type);
  const place = { output_index: searchItems.length };
  return {
    status: 200,
    id,
    usage,
    events: [
      event("response.created", { response: response("in_progress") }),
      event("response.in_progress", { response: response("in_progress") }),
      ...searchItems.flatMap((item, index) => [
        event("response.output_item.added", {
          output_index: index,
          item: { ...item, status: "in_progress" },
        }),
        event("response.output_item.done", { output_index: index, item }),
      ]),
      event("response.output_item.added", {
        ...place,
        item: { ...message, status: "in_progress", content: [] },
      }),
      event("response.content_part.added", {
        ...place,
        item_id: itemId,
        content_index: 0,
        part: { ...part, text: "" },
      }),
      ...used.pieces.map((delta) =>
        event("response.output_text.delta", {
          ...place,
          item_id: itemId,
          content_index: 0,
          delta,
          logprobs: [],
        }),
      ),
      event("response.output_text.done", {
        ...place,
        item_id: itemId,
        content_index: 0,
        text,
        logprobs: [],
      }),
      event("response.content_part.done", { ...place, item_id: itemId, content_index: 0, part }),
      event("response.output_item.done", { ...place, item: message }),
      event("response.completed", { response: completed }),
    ],
  };
}

function embeddings({ body, directives, model }) {
  const inputs = Array.isArray(body.input) ? body.input : [body.input ?? ""];
  const tokens = countTokens(...inputs.map(String));
  const usage = { prompt_tokens: tokens, total_tokens: tokens };
  const vector = (text) =>
    Float32Array.from({ length: 8 }, (_, index) => ((text.length * (index + 3)) % 17) / 17);
  const encode = (floats) =>
    body.encoding_format === "base64" ? Buffer.from(floats.buffer).toString("base64") : [...floats];
  return {
    status: 200,
    id: null,
    usage,
    document: {
      object: "list",
      data: inputs.map((text, index) => ({
        object: "embedding",
        index,
        embedding: encode(vector(String(text))),
      })),
      model,
      ...(directives.has("no-usage") ? {} : { usage }),
    },
  };
}
