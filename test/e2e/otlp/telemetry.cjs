/** What the apps share: OpenTelemetry's own exporter and provider, set up by the environment alone; and their questions. */
const { BatchSpanProcessor, NodeTracerProvider } = require("@opentelemetry/sdk-trace-node");
const { defaultResource, detectResources, envDetector } = require("@opentelemetry/resources");

exports.exporter = function exporter() {
  const isJson = process.env.OTEL_EXPORTER_OTLP_TRACES_PROTOCOL === "http/json";
  const { OTLPTraceExporter } = isJson
    ? require("@opentelemetry/exporter-trace-otlp-http")
    : require("@opentelemetry/exporter-trace-otlp-proto");
  return new OTLPTraceExporter();
};

exports.startTracing = function startTracing(processor = new BatchSpanProcessor(exports.exporter())) {
  const resource = defaultResource().merge(detectResources({ detectors: [envDetector] }));
  const provider = new NodeTracerProvider({ resource, spanProcessors: [processor] });
  provider.register();
  return provider;
};

const messages = [{ role: "user", content: "a secret question" }];

/** A chat, and a chat as a stream that is read to its end. */
exports.chat = async function chat(client) {
  await client.chat.completions.create({ model: "gpt-4o-mini", messages });
  const stream = await client.chat.completions.create({
    model: "gpt-4o-mini",
    messages,
    stream: true,
    stream_options: { include_usage: true },
  });
  for await (const chunk of stream) void chunk;
};

exports.embed = async function embed(client) {
  await client.embeddings.create({ model: "text-embedding-3-small", input: "a secret text" });
};
