// Makes calls and ends its process at once.
import { makeCalls } from "./calls.cjs";

const { default: OpenAI } = await import(process.env.SDK_PACKAGE);
await makeCalls(OpenAI, "main");
process.exit(0);
