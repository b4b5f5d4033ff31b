/** The AI SDK's telemetry. `node aiSdk.mjs 5|6|7 [legacy]`: from 7 on, `@ai-sdk/otel` writes it, in one of two ways. */
import { startTracing } from "./telemetry.cjs";

const [version, style] = process.argv.slice(2);
const packages = {
  5: ["ai-5", "@ai-sdk-2/openai"],
  6: ["ai-6", "@ai-sdk-3/openai"],
  7: ["ai", "@ai-sdk-4/openai"],
};
const [core, ofOpenai] = packages[version];
const { embed, generateText, registerTelemetry, streamText } = await import(core);
const { createOpenAI } = await import(ofOpenai);

const provider = startTracing();
const openai = createOpenAI({ baseURL: process.env.OPENAI_BASE_URL });

async function telemetry() {
  const whose = { lead: "42", sessionId: "s-1" };
  if (version !== "7") {
    return { experimental_telemetry: { isEnabled: true, functionId: "reply", metadata: whose } };
  }
  const { LegacyOpenTelemetry, OpenTelemetry } = await import("@ai-sdk/otel");
  registerTelemetry(style === "legacy" ? new LegacyOpenTelemetry() : new OpenTelemetry());
  return {
    telemetry: {
      isEnabled: true,
      functionId: "reply",
      includeRuntimeContext: { lead: true, sessionId: true },
    },
    runtimeContext: whose,
  };
}

const prompt = "a secret question";
const options = await telemetry();
await generateText({ model: openai.chat("gpt-4o-mini"), prompt, ...options });
await generateText({ model: openai.responses("gpt-4o-mini"), prompt, ...options });
const { textStream } = streamText({ model: openai.chat("gpt-4o-mini"), prompt, ...options });
for await (const text of textStream) void text;
await embed({ model: openai.embedding("text-embedding-3-small"), value: "a secret text", ...options });
await provider.shutdown();
