/**
 * OpenTelemetry's own instrumentation of the OpenAI SDK, set up word for word as its README says: spans, metrics and log
 * events leave by OTLP, which is what its SDK does unless told otherwise.
 */
process.env.OTEL_EXPORTER_OTLP_ENDPOINT = process.env.BENCH_SINK;
const fromPackages = require("./fromPackages.cjs");
const { NodeSDK } = fromPackages("@opentelemetry/sdk-node");
const { OpenAIInstrumentation } = fromPackages("@opentelemetry/instrumentation-openai");

const sdk = new NodeSDK({ instrumentations: [new OpenAIInstrumentation()] });
sdk.start();

// Its SDK can be shut down, but has no name for a flush.
globalThis.benchInstrument = {
  flush: () => Promise.all([sdk._tracerProvider.forceFlush(), sdk._loggerProvider.forceFlush()]),
};
