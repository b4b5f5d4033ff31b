/** `@opentelemetry/instrumentation-openai`, within a request that is served. */
const { SpanKind, trace } = require("@opentelemetry/api");
const { registerInstrumentations } = require("@opentelemetry/instrumentation");
const { OpenAIInstrumentation } = require("@opentelemetry/instrumentation-openai");
const { chat, embed, startTracing } = require("./telemetry.cjs");

const provider = startTracing();
registerInstrumentations({ instrumentations: [new OpenAIInstrumentation()] });
const OpenAI = require("openai");

const request = {
  kind: SpanKind.SERVER,
  attributes: { "http.route": "/api/chat/:id", "url.path": "/api/chat/7" },
};
trace.getTracer("shop").startActiveSpan("GET /api/chat/:id", request, async (span) => {
  const client = new OpenAI();
  await chat(client);
  await embed(client);
  span.end();
  await provider.shutdown();
});
