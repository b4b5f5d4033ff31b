const { partsOf, runSteps } = require("./steps.cjs");

const request = { model: "sonar-pro", messages: [{ role: "user", content: "How much is the fish?" }] };

module.exports = async ({ load, packages, urls }) => {
  const { default: Perplexity } = await load(packages[0]);
  const { chat, search, responses, embeddings } = new Perplexity({
    baseURL: urls.perplexity,
    apiKey: "none",
  });
  await runSteps({
    "chat.completions": () => chat.completions.create(request),
    "chat.completions retried after 429": () =>
      chat.completions.create({ ...request, messages: [{ role: "user", content: "Are you busy?" }] }),
    "chat.completions streamed": async () =>
      partsOf(await chat.completions.create({ ...request, stream: true })),
    responses: () => responses.create({ model: "openai/gpt-5-mini", input: "How much is the fish?" }),
    "responses streamed": async () =>
      partsOf(await responses.create({ model: "openai/gpt-5-mini", input: "Fish?", stream: true })),
    embeddings: () => embeddings.create({ model: "pplx-embed-v1-0.6b", input: ["fish"] }),
    search: () => search.create({ query: "fish" }),
  });
};
