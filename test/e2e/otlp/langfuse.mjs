/** `@langfuse/otel` with `@langfuse/openai`, within an agent's observation. */
import { observeOpenAI } from "@langfuse/openai";
import { LangfuseSpanProcessor } from "@langfuse/otel";
import { propagateAttributes, startActiveObservation } from "@langfuse/tracing";
import OpenAI from "openai";
import { chat, exporter, startTracing } from "./telemetry.cjs";

const provider = startTracing(
  new LangfuseSpanProcessor({ exporter: exporter(), publicKey: "public", secretKey: "secret" }),
);
const client = observeOpenAI(new OpenAI(), { generationName: "reply" });
await startActiveObservation(
  "support-agent",
  async (span) => {
    span.update({ input: "a secret input", metadata: { tenant: "acme" } });
    const whose = { userId: "u-1", sessionId: "s-1", metadata: { lead: "42" } };
    await propagateAttributes(whose, () => chat(client));
  },
  { asType: "agent" },
);
await provider.shutdown();
