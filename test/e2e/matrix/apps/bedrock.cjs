const { partsOf, runSteps } = require("./steps.cjs");

const converse = {
  modelId: "us.anthropic.claude-haiku-4-5-20251001-v1:0",
  messages: [{ role: "user", content: [{ text: "How much is the fish?" }] }],
};
const claude = {
  modelId: "us.anthropic.claude-haiku-4-5-20251001-v1:0",
  contentType: "application/json",
  body: JSON.stringify({
    anthropic_version: "bedrock-2023-05-31",
    max_tokens: 200,
    messages: [{ role: "user", content: "How much is the fish?" }],
  }),
};
const embedding = (modelId) => ({
  modelId,
  contentType: "application/json",
  body: JSON.stringify({ inputText: "fish" }),
});

/** Over the SDK's own choice of a protocol, or with the handler that speaks HTTP/1.1. */
module.exports = async ({ load, packages, urls, options }) => {
  const sdk = await load(packages[0]);
  const handler = options.handler === "http/1.1" ? (await load(packages[1])).NodeHttpHandler : undefined;
  const client = new sdk.BedrockRuntimeClient({
    region: "us-east-1",
    endpoint: urls["aws.bedrock"],
    credentials: { accessKeyId: "none", secretAccessKey: "none" },
    maxAttempts: 2,
    ...(handler === undefined ? {} : { requestHandler: new handler() }),
  });
  const bodyOf = async (command) => JSON.parse(new TextDecoder().decode((await client.send(command)).body));
  await runSteps({
    Converse: async () => {
      const { output, stopReason, usage } = await client.send(new sdk.ConverseCommand(converse));
      return { output, stopReason, usage };
    },
    ConverseStream: async () => partsOf((await client.send(new sdk.ConverseStreamCommand(converse))).stream),
    InvokeModel: () => bodyOf(new sdk.InvokeModelCommand(claude)),
    InvokeModelWithResponseStream: async () => {
      const { body } = await client.send(new sdk.InvokeModelWithResponseStreamCommand(claude));
      return (await partsOf(body)).map(({ chunk }) => JSON.parse(new TextDecoder().decode(chunk.bytes)));
    },
    "InvokeModel (Titan)": () =>
      bodyOf(new sdk.InvokeModelCommand(embedding("amazon.titan-embed-text-v2:0"))),
    "InvokeModel (Cohere)": () => bodyOf(new sdk.InvokeModelCommand(embedding("cohere.embed-english-v3"))),
    "Converse retried after 429": async () => {
      const messages = [{ role: "user", content: [{ text: "Are you busy?" }] }];
      return (await client.send(new sdk.ConverseCommand({ ...converse, messages }))).usage;
    },
    "several at once": () =>
      Promise.all(
        [1, 2, 3].map(async () => (await client.send(new sdk.ConverseCommand(converse))).stopReason),
      ),
  });
  client.destroy();
};
