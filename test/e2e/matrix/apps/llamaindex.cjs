const { partsOf, runSteps } = require("./steps.cjs");

const messages = [{ role: "user", content: "How much is the fish?" }];

/** LlamaIndex with its package for OpenAI: a chat by the model, and an index that embeds and answers. */
module.exports = async ({ load, packages, urls }) => {
  const { Document, Settings, VectorStoreIndex } = await load(packages[0]);
  const { OpenAI, OpenAIEmbedding, openai } = await load(packages[1]);
  const common = { apiKey: "none", baseURL: urls.openai, maxRetries: 0 };
  const llm = openai === undefined ? new OpenAI({ ...common }) : openai({ ...common, model: "gpt-4o-mini" });
  Settings.llm = llm;
  Settings.embedModel = new OpenAIEmbedding({ ...common, model: "text-embedding-3-small" });
  await runSteps({
    "llm.chat": async () => (await llm.chat({ messages })).message,
    "llm.chat streamed": async () =>
      (await partsOf(await llm.chat({ messages, stream: true }))).map(({ delta }) => delta),
    "VectorStoreIndex.fromDocuments and query": async () => {
      const index = await VectorStoreIndex.fromDocuments([new Document({ text: "Fish is two francs." })]);
      return (await index.asQueryEngine().query({ query: "How much is the fish?" })).message.content;
    },
  });
};
