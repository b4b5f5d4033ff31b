// Calls from a worker that is made of text.
const { join } = require("node:path");
const { Worker } = require("node:worker_threads");

new Worker(`require(${JSON.stringify(join(__dirname, "main.cjs"))})`, { eval: true });
