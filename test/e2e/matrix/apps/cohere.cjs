const { partsOf, runSteps } = require("./steps.cjs");

const request = {
  model: "command-a-03-2025",
  messages: [{ role: "user", content: "How much is the fish?" }],
};

module.exports = async ({ load, packages, urls }) => {
  const { CohereClient, CohereClientV2 } = await load(packages[0]);
  const options = { token: "none", environment: urls.cohere };
  const cohere = new CohereClientV2(options);
  await runSteps({
    chat: () => cohere.chat(request),
    "chat retried after 429": () =>
      cohere.chat({ ...request, messages: [{ role: "user", content: "Are you busy?" }] }),
    chatStream: async () => partsOf(await cohere.chatStream(request)),
    embed: () =>
      cohere.embed({
        model: "embed-v4.0",
        inputType: "search_document",
        embeddingTypes: ["float"],
        texts: ["fish"],
      }),
    rerank: () => cohere.rerank({ model: "rerank-v3.5", query: "fish", documents: ["fish", "chips"] }),
    "tokenize (free)": () => new CohereClient(options).tokenize({ model: request.model, text: "fish" }),
  });
};
