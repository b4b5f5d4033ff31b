// Calls from CommonJS: `main.cjs [who]`.
const { default: OpenAI } = require(process.env.SDK_PACKAGE);
const { makeCalls } = require("./calls.cjs");
makeCalls(OpenAI, process.argv[2] ?? "main");
