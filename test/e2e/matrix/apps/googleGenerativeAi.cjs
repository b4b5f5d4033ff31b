const { partsOf, runSteps } = require("./steps.cjs");

const prompt = "How much is the fish?";

module.exports = async ({ load, packages, urls }) => {
  const { GoogleGenerativeAI } = await load(packages[0]);
  const google = new GoogleGenerativeAI("none");
  const modelOf = (model) => google.getGenerativeModel({ model }, { baseUrl: urls.google });
  const model = modelOf("gemini-2.0-flash");
  await runSteps({
    generateContent: async () => (await model.generateContent(prompt)).response,
    generateContentStream: async () => {
      const { stream, response } = await model.generateContentStream(prompt);
      const parts = await partsOf(stream);
      return { parts: parts.length, response: await response };
    },
    startChat: async () => (await model.startChat().sendMessage(prompt)).response,
    embedContent: () => modelOf("text-embedding-004").embedContent("fish"),
  });
};
