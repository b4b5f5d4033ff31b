const { partsOf, runSteps } = require("./steps.cjs");

const request = {
  model: "mistral-small-latest",
  messages: [{ role: "user", content: "How much is the fish?" }],
};

const retryConfig = {
  strategy: "backoff",
  backoff: { initialInterval: 10, maxInterval: 100, exponent: 1, maxElapsedTime: 5_000 },
};

module.exports = async ({ load, packages, urls }) => {
  const { Mistral } = await load(packages[0]);
  const { chat, embeddings } = new Mistral({ apiKey: "none", serverURL: urls.mistral_ai });
  await runSteps({
    "chat.complete": () => chat.complete(request),
    "chat.complete retried after 429": () =>
      chat.complete(
        { ...request, messages: [{ role: "user", content: "Are you busy?" }] },
        { retries: retryConfig },
      ),
    "chat.stream": async () => partsOf(await chat.stream(request)),
    "embeddings.create": () => embeddings.create({ model: "mistral-embed", inputs: ["fish"] }),
  });
};
