/**
 * What a start is measured with: ready where a client is made, or at once where the app makes none (`BENCH_APP=none`).
 * Prints its own figures as JSON.
 */
if (process.env.BENCH_APP !== "none") {
  const fromPackages = require("./instruments/fromPackages.cjs");
  const { OpenAI } = fromPackages("openai");
  const client = new OpenAI({ baseURL: "http://127.0.0.1:9/v1", apiKey: "none" });
  globalThis.benchInstrument?.wrap?.(client);
}
const readyMs = performance.now();
const { user, system } = process.cpuUsage();
const { rss } = process.memoryUsage();
// Only now: a Node that is started with a flag of V8's compiles its own modules anew, and is another than people run.
require("node:v8").setFlagsFromString("--expose-gc");
require("node:vm").runInNewContext("gc")();
const { heapUsed } = process.memoryUsage();
process.stdout.write(JSON.stringify({ readyMs, cpuMs: (user + system) / 1_000, rss, heapUsed }));
process.exit();
