/** Langfuse's wrapper of the client, and its span processor, as their READMEs set them up. */
const fromPackages = require("./fromPackages.cjs");
const { LangfuseSpanProcessor } = fromPackages("@langfuse/otel");
const { NodeTracerProvider } = fromPackages("@opentelemetry/sdk-node").node;
const { observeOpenAI } = fromPackages("@langfuse/openai");

const spans = new LangfuseSpanProcessor({
  publicKey: "pk-lf-bench",
  secretKey: "sk-lf-bench",
  baseUrl: process.env.BENCH_SINK,
});
new NodeTracerProvider({ spanProcessors: [spans] }).register();

globalThis.benchInstrument = { wrap: observeOpenAI, flush: () => spans.forceFlush() };
