const { partsOf, runSteps } = require("./steps.cjs");

const contents = "How much is the fish?";
/** The SDK takes no headers by request, so the stand-in is told behind the model's name. */
const request = (...directives) => ({ model: ["gemini-2.5-flash", ...directives].join("~"), contents });

module.exports = async ({ GoogleGenAI }) => {
  const { models } = new GoogleGenAI({});
  await runSteps({
    plain: async () => {
      const answer = await models.generateContent(request());
      return { text: answer.text, usage: answer.usageMetadata };
    },
    cached: async () => (await models.generateContent(request("cached=3"))).usageMetadata,
    gzip: async () => (await models.generateContent(request("encoding=gzip"))).usageMetadata,
    br: async () => (await models.generateContent(request("encoding=br", "split=9"))).usageMetadata,
    stream: async () => {
      const chunks = await partsOf(await models.generateContentStream(request()));
      return chunks.map(({ text, usageMetadata }) => [text, usageMetadata]);
    },
    streamInPieces: async () => {
      const chunks = await partsOf(await models.generateContentStream(request("split=4", "crlf")));
      return chunks.at(-1).usageMetadata;
    },
    embed: async () => {
      const answer = await models.embedContent({
        model: "gemini-embedding-001",
        contents: ["fish", "chips"],
      });
      return answer.embeddings.length;
    },
    error400: () => models.generateContent(request("status=400")),
    error429: () => models.generateContent(request("status=429")),
    abortBefore: async () => {
      const abort = new AbortController();
      setTimeout(() => abort.abort(), 100);
      return models.generateContent({ ...request("delay=5000"), config: { abortSignal: abort.signal } });
    },
    breakWithin: async () =>
      (await partsOf(await models.generateContentStream(request("chunk-delay=5")), 1)).length,
    concurrent: async () => {
      const answers = await Promise.all([1, 2, 3, 4].map(() => models.generateContent(request())));
      return answers.map(({ usageMetadata }) => usageMetadata);
    },
  });
};
