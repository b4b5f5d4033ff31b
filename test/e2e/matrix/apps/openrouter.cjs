const { partsOf, runSteps } = require("./steps.cjs");

const request = {
  model: "z-ai/glm-4.6",
  messages: [{ role: "user", content: "How much is the fish?" }],
};

module.exports = async ({ load, packages, urls }) => {
  const { OpenRouter } = await load(packages[0]);
  const { chat, embeddings } = new OpenRouter({ apiKey: "none", serverURL: urls.openrouter });
  await runSteps({
    "chat.send": () => chat.send({ chatRequest: { ...request, stream: false } }),
    "chat.send streamed": async () => partsOf(await chat.send({ chatRequest: { ...request, stream: true } })),
    "embeddings.generate": () =>
      embeddings.generate({ requestBody: { model: "openai/text-embedding-3-small", input: "fish" } }),
  });
};
