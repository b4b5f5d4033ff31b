/** Requires what the `package.json` of this folder names, from where the benchmark has installed it. */
const { createRequire } = require("node:module");
const { join } = require("node:path");

module.exports = createRequire(join(process.env.BENCH_PACKAGES, "any.cjs"));
