const { partsOf, runSteps } = require("./steps.cjs");

const prompt = "How much is the fish?";
const shown = ({ content, usage_metadata }) => ({ content, usage_metadata });

/** `@langchain/openai` or `@langchain/anthropic`. */
module.exports = async ({ load, packages, urls }) => {
  const { ChatOpenAI, OpenAIEmbeddings, ChatAnthropic } = await load(packages[0]);
  if (ChatAnthropic !== undefined) {
    const claude = new ChatAnthropic({
      model: "claude-haiku-4-5",
      apiKey: "none",
      anthropicApiUrl: urls.anthropic,
      maxRetries: 0,
    });
    await runSteps({
      "ChatAnthropic.invoke": async () => shown(await claude.invoke(prompt)),
      "ChatAnthropic.stream": async () => (await partsOf(await claude.stream(prompt))).map(shown),
      "ChatAnthropic.batch": async () => (await claude.batch([prompt, "And the chips?"])).map(shown),
    });
    return;
  }
  const common = { apiKey: "none", maxRetries: 0, configuration: { baseURL: urls.openai } };
  const chat = new ChatOpenAI({ ...common, model: "gpt-4o-mini" });
  const responses = new ChatOpenAI({ ...common, model: "gpt-5-mini", useResponsesApi: true });
  const embeddings = new OpenAIEmbeddings({ ...common, model: "text-embedding-3-small" });
  await runSteps({
    "ChatOpenAI.invoke": async () => shown(await chat.invoke(prompt)),
    "ChatOpenAI.stream": async () => (await partsOf(await chat.stream(prompt))).map(shown),
    "ChatOpenAI.batch": async () => (await chat.batch([prompt, "And the chips?"])).map(shown),
    "ChatOpenAI.invoke by responses": async () => shown(await responses.invoke(prompt)),
    "OpenAIEmbeddings.embedDocuments": () => embeddings.embedDocuments(["fish", "chips"]),
  });
};
