/** OpenLIT by its one call. Its prices are given, which it would else fetch from the network. */
const fromPackages = require("./fromPackages.cjs");
const { default: Openlit } = fromPackages("openlit");
const { trace } = fromPackages("@opentelemetry/api");

Openlit.init({
  otlpEndpoint: process.env.BENCH_SINK,
  applicationName: "bench",
  pricingJson: { chat: { "gpt-4o-mini": { promptPrice: 0.00015, completionPrice: 0.0006 } } },
});

globalThis.benchInstrument = { flush: () => trace.getTracerProvider().getDelegate().forceFlush() };
