/** `@traceloop/node-server-sdk`: a workflow of tasks, and LangChain, which it tells of beside the SDK below it. */
const traceloop = require("@traceloop/node-server-sdk");
const { chat, exporter } = require("./telemetry.cjs");

traceloop.initialize({
  appName: "shop",
  exporter: exporter(),
  silenceInitializationMessage: true,
  traceloopSyncEnabled: false,
});
const OpenAI = require("openai");
const { ChatOpenAI } = require("@langchain/openai");

async function main() {
  const ofWorkflow = { tenant: "acme" };
  const ofCalls = { session_id: "s-1", lead: "42" };
  await traceloop.withWorkflow({ name: "support", associationProperties: ofWorkflow }, () =>
    traceloop.withTask({ name: "answer" }, () =>
      traceloop.withAssociationProperties(ofCalls, async () => {
        await chat(new OpenAI());
        await new ChatOpenAI({ model: "gpt-4o-mini" }).invoke("a secret question");
      }),
    ),
  );
  await traceloop.forceFlush();
}
main();
