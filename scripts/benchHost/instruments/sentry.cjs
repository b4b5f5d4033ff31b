/** Sentry with tracing on, as its guide for Node sets it up. */
const fromPackages = require("./fromPackages.cjs");
const sentry = fromPackages("@sentry/node");

sentry.init({
  dsn: process.env.BENCH_SINK.replace("http://", "http://bench@").concat("/1"),
  tracesSampleRate: 1,
  sendDefaultPii: true,
});

globalThis.benchInstrument = { flush: () => sentry.flush(5_000) };
