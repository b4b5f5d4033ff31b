/** Traceloop's SDK (OpenLLMetry) by its one call, without the prompts that it would ask its server for. */
const fromPackages = require("./fromPackages.cjs");
const traceloop = fromPackages("@traceloop/node-server-sdk");

traceloop.initialize({
  appName: "bench",
  apiKey: "bench",
  baseUrl: process.env.BENCH_SINK,
  silenceInitializationMessage: true,
  traceloopSyncEnabled: false,
});

globalThis.benchInstrument = { flush: () => traceloop.forceFlush() };
