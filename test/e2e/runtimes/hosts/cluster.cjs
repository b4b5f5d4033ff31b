// Two workers of a cluster serve requests by making calls, one after the other; the primary asks and tells.
const cluster = require("node:cluster");
const { once } = require("node:events");
const { createServer } = require("node:http");
const { default: OpenAI } = require(process.env.SDK_PACKAGE);
const { makeCalls } = require("./calls.cjs");

async function primary() {
  cluster.schedulingPolicy = cluster.SCHED_RR;
  for (const name of ["one", "two"]) {
    const worker = cluster.fork({ WORKER_NAME: name });
    const [address] = await once(worker, "listening");
    const answer = await fetch(`http://127.0.0.1:${address.port}/api/${name}`);
    console.log(name, answer.status, await answer.text());
    worker.disconnect();
    console.log(name, await once(worker, "exit"));
  }
}

function worker() {
  const server = createServer(async (_request, response) => {
    await makeCalls(OpenAI, process.env.WORKER_NAME);
    response.setHeader("connection", "close").end("done");
  });
  server.listen(0, "127.0.0.1");
}

if (cluster.isPrimary) primary();
else worker();
