/** `@arizeai/openinference-instrumentation-openai`: it tells no response ids, and of streams no usage. */
const { registerInstrumentations } = require("@opentelemetry/instrumentation");
const { OpenAIInstrumentation } = require("@arizeai/openinference-instrumentation-openai");
const { chat, embed, startTracing } = require("./telemetry.cjs");

const provider = startTracing();
registerInstrumentations({ instrumentations: [new OpenAIInstrumentation()] });
const OpenAI = require("openai");

async function main() {
  const client = new OpenAI();
  await chat(client);
  await embed(client);
  await provider.shutdown();
}
main();
