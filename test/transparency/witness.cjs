// Notes, when a process or a thread ends, how many exchanges the shim looked at in it: proof that it was there.
const { appendFileSync } = require("node:fs");

const runtime = () => globalThis[Symbol.for("taximeter.runtime")];
process.on("exit", () => {
  appendFileSync(process.env.WITNESS_FILE, `${runtime()?.stats().seen ?? 0}\n`);
});
