const { partsOf, runSteps } = require("./steps.cjs");

const request = { model: "gemini-2.5-flash", contents: "How much is the fish?" };
const shown = ({ candidates, usageMetadata }) => ({ candidates, usageMetadata });

module.exports = async ({ load, packages, urls }) => {
  const { GoogleGenAI } = await load(packages[0]);
  const { models, chats } = new GoogleGenAI({ apiKey: "none", httpOptions: { baseUrl: urls.google } });
  await runSteps({
    generateContent: async () => shown(await models.generateContent(request)),
    generateContentStream: async () =>
      (await partsOf(await models.generateContentStream(request))).map(shown),
    chats: async () => shown(await chats.create({ model: request.model }).sendMessage({ message: "Fish?" })),
    embedContent: async () =>
      (await models.embedContent({ model: "gemini-embedding-001", contents: ["fish", "chips"] })).embeddings,
  });
};
