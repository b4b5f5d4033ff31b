// Calls from a worker, which is all that this makes.
import { once } from "node:events";
import { Worker } from "node:worker_threads";

await once(new Worker(new URL("./main.mjs", import.meta.url), { argv: ["worker"] }), "exit");
