const { partsOf, runSteps } = require("./steps.cjs");

const request = {
  model: "z-ai/glm-4.6",
  messages: [{ role: "user", content: "How much is the fish?" }],
};

const retryConfig = {
  strategy: "backoff",
  backoff: { initialInterval: 10, maxInterval: 100, exponent: 1, maxElapsedTime: 5_000 },
};

module.exports = async ({ load, packages, urls }) => {
  const { OpenRouter } = await load(packages[0]);
  const { chat, embeddings } = new OpenRouter({ apiKey: "none", serverURL: urls.openrouter });
  await runSteps({
    "chat.send": () => chat.send({ chatRequest: { ...request, stream: false } }),
    "chat.send retried after 429": () =>
      chat.send(
        {
          chatRequest: { ...request, messages: [{ role: "user", content: "Are you busy?" }], stream: false },
        },
        { retries: retryConfig, retryCodes: ["429"] },
      ),
    "chat.send streamed": async () => partsOf(await chat.send({ chatRequest: { ...request, stream: true } })),
    "embeddings.generate": () =>
      embeddings.generate({ requestBody: { model: "openai/text-embedding-3-small", input: "fish" } }),
  });
};
