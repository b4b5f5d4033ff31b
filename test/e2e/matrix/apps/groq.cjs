const { partsOf, runSteps } = require("./steps.cjs");

const request = {
  model: "llama-3.3-70b-versatile",
  messages: [{ role: "user", content: "How much is the fish?" }],
};

module.exports = async ({ load, packages, urls }) => {
  const { default: Groq } = await load(packages[0]);
  const { completions } = new Groq({ apiKey: "none", baseURL: urls.groq }).chat;
  await runSteps({
    "chat.completions": () => completions.create(request),
    "chat.completions retried after 429": () =>
      completions.create({ ...request, messages: [{ role: "user", content: "Are you busy?" }] }),
    "chat.completions streamed": async () => partsOf(await completions.create({ ...request, stream: true })),
  });
};
