import { directiveNumber } from "./directives.mjs";
import { answer, answerTokens, countTokens, REASONING_TOKENS } from "./tokens.mjs";
import { sseEvent } from "./wire.mjs";

const dated = {
  "claude-sonnet-4-5": "claude-sonnet-4-5-20250929",
  "claude-haiku-4-5": "claude-haiku-4-5-20251001",
};

/** Answers of the Anthropic API: messages; and what is not billed beside them. */
export function anthropic(request) {
  const { method, path, body } = request;
  if (method === "POST" && path.endsWith("/v1/messages")) return messages(request);
  if (method === "POST" && path.endsWith("/v1/messages/count_tokens"))
    return {
      status: 200,
      document: { input_tokens: countTokens(...blocksOf(body).map((block) => block.text)) },
    };
  if (method === "GET" && path.endsWith("/v1/models"))
    return {
      status: 200,
      document: {
        data: Object.keys(dated).map((id) => ({
          type: "model",
          id,
          display_name: id,
          created_at: "2025-09-29T00:00:00Z",
        })),
        has_more: false,
        first_id: null,
        last_id: null,
      },
    };
  return anthropicError(404, request.directives);
}

export function anthropicError(status, directives) {
  const types = {
    400: "invalid_request_error",
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    429: "rate_limit_error",
    529: "overloaded_error",
  };
  return {
    status,
    headers: {
      "retry-after-ms": String(directiveNumber(directives, "retry-after-ms", 10)),
      "request-id": "req_standin",
    },
    document: {
      type: "error",
      error: { type: types[status] ?? "api_error", message: `The stand-in was asked for ${status}.` },
      request_id: "req_standin",
    },
  };
}

/** The prompt's texts, each with its cache control where it has one. */
function blocksOf(body) {
  const blocks = (content) =>
    typeof content === "string"
      ? [{ text: content }]
      : (content ?? [])
          .filter((block) => typeof block.text === "string")
          .map(({ text, cache_control }) => ({ text, cacheControl: cache_control }));
  return [...blocks(body.system), ...(body.messages ?? []).flatMap((message) => blocks(message.content))];
}

function usageOf({ body, directives, memory, nextId }) {
  const blocks = blocksOf(body);
  const plain = blocks.filter((block) => !block.cacheControl);
  let read = 0;
  let written5m = 0;
  let written1h = 0;
  for (const { text, cacheControl } of blocks) {
    if (!cacheControl) continue;
    const key = `cache:${text}`;
    const tokens = countTokens(text);
    if (memory.has(key)) read += tokens;
    else if (cacheControl.ttl === "1h") written1h += tokens;
    else written5m += tokens;
    memory.set(key, nextId);
  }
  const input = countTokens(...plain.map((block) => block.text));
  const reasoning = directiveNumber(
    directives,
    "reasoning",
    body.thinking?.type === "enabled" ? REASONING_TOKENS : 0,
  );
  const limit = body.max_tokens ?? Number.POSITIVE_INFINITY;
  const visible = Math.min(directiveNumber(directives, "output", answerTokens(input)), limit);
  const searches = directiveNumber(directives, "searches", 0);
  return {
    visible,
    reasoning,
    usage: {
      input_tokens: input,
      cache_creation_input_tokens: written5m + written1h,
      cache_read_input_tokens: read,
      cache_creation: { ephemeral_5m_input_tokens: written5m, ephemeral_1h_input_tokens: written1h },
      output_tokens: visible + reasoning,
      service_tier: directives.get("tier") ?? "standard",
      inference_geo: "not_available",
      ...(searches > 0 ? { server_tool_use: { web_search_requests: searches, web_fetch_requests: 0 } } : {}),
      ...(reasoning > 0 ? { output_tokens_details: { thinking_tokens: reasoning } } : {}),
    },
  };
}

function messages(request) {
  const { body, directives, model } = request;
  const { visible, reasoning, usage } = usageOf(request);
  const pieces = answer(visible, body.output_format?.schema ?? body.output_config?.format?.schema);
  const id = request.nextId("msg_");
  const thought = { type: "thinking", thinking: "Let me think.", signature: "c3RhbmRpbg==" };
  const content = [...(reasoning > 0 ? [thought] : []), { type: "text", text: pieces.join("") }];
  const message = (over) => ({
    id,
    type: "message",
    role: "assistant",
    model: dated[model] ?? model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    ...over,
  });
  if (body.stream !== true)
    return {
      status: 200,
      id,
      usage,
      document: message({
        content,
        stop_reason: "end_turn",
        ...(directives.has("no-usage") ? {} : { usage }),
      }),
    };

  const event = (type, data = {}) => sseEvent({ type, ...data }, type);
  const { cache_creation: _split, service_tier: _tier, inference_geo: _geo, ...cumulative } = usage;
  const block = (index, start, deltas) => [
    event("content_block_start", { index, content_block: start }),
    ...deltas.map((delta) => event("content_block_delta", { index, delta })),
    event("content_block_stop", { index }),
  ];
  return {
    status: 200,
    id,
    usage,
    events: [
      event("message_start", {
        message: message(
          directives.has("no-usage")
            ? {}
            : { usage: { ...usage, output_tokens: 1, output_tokens_details: undefined } },
        ),
      }),
      event("ping"),
      ...(reasoning > 0
        ? block(0, { type: "thinking", thinking: "", signature: "" }, [
            { type: "thinking_delta", thinking: thought.thinking },
            { type: "signature_delta", signature: thought.signature },
          ])
        : []),
      ...block(
        reasoning > 0 ? 1 : 0,
        { type: "text", text: "" },
        pieces.map((text) => ({ type: "text_delta", text })),
      ),
      event("message_delta", {
        delta: { stop_reason: "end_turn", stop_sequence: null },
        ...(directives.has("no-usage") ? {} : { usage: cumulative }),
      }),
      event("message_stop"),
    ],
  };
}
