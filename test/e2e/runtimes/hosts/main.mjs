// Calls from an ES module, with top-level await.
import { makeCalls } from "./calls.cjs";

const { default: OpenAI } = await import(process.env.SDK_PACKAGE);
await makeCalls(OpenAI, process.argv[2] ?? "main");
