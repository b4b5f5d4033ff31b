// Calls from children, however they are started. The environment goes down to them; the parent makes calls of its own.
const { exec, execFile, execFileSync, fork, spawn } = require("node:child_process");
const { once } = require("node:events");
const { join } = require("node:path");
const { promisify } = require("node:util");
const { default: OpenAI } = require(process.env.SDK_PACKAGE);
const { makeCalls } = require("./calls.cjs");

const cjs = join(__dirname, "main.cjs");
const mjs = join(__dirname, "main.mjs");
const node = process.execPath;

(async () => {
  await makeCalls(OpenAI, "parent");
  await once(fork(cjs, ["fork"]), "exit");
  await once(spawn(node, [mjs, "spawn"], { stdio: "inherit" }), "exit");
  console.log((await promisify(exec)(`"${node}" "${cjs}" exec`)).stdout);
  console.log((await promisify(execFile)(node, [mjs, "execFile"])).stdout);
  // Blocks the parent: the child delivers by itself.
  console.log(execFileSync(node, [cjs, "execFileSync"], { encoding: "utf8" }));
  process.exitCode = 0;
})();
