// Calls from the main thread, from workers made of a CommonJS file and of an ES module, and from a worker's own worker.
const { once } = require("node:events");
const { join } = require("node:path");
const { isMainThread, Worker, workerData } = require("node:worker_threads");
const { default: OpenAI } = require(process.env.SDK_PACKAGE);
const { makeCalls } = require("./calls.cjs");

const ended = (worker) => once(worker, "exit");

async function main() {
  await makeCalls(OpenAI, "main thread");
  await ended(new Worker(join(__dirname, "main.cjs"), { argv: ["worker of CommonJS"] }));
  await ended(new Worker(join(__dirname, "main.mjs"), { argv: ["worker of an ES module"] }));
  await ended(new Worker(__filename, { workerData: "nest" }));
}

async function nest() {
  await makeCalls(OpenAI, "outer worker");
  await ended(new Worker(join(__dirname, "main.cjs"), { argv: ["inner worker"] }));
}

if (isMainThread) main();
else if (workerData === "nest") nest();
