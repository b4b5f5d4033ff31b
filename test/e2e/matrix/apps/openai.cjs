const { partsOf, runSteps } = require("./steps.cjs");

const model = "gpt-4o-mini";
const messages = [{ role: "user", content: "How much is the fish?" }];

/** The package has another name for each of its majors; AzureOpenAI is a class of the same package. */
module.exports = async ({ load, packages, urls }) => {
  const { default: OpenAI } = await load(packages[0]);
  const { chat, responses, embeddings, models } = new OpenAI({ baseURL: urls.openai, apiKey: "none" });
  await runSteps({
    "chat.completions": () => chat.completions.create({ model, messages }),
    "chat.completions streamed": async () =>
      partsOf(
        await chat.completions.create({
          model,
          messages,
          stream: true,
          stream_options: { include_usage: true },
        }),
      ),
    responses: () => responses.create({ model: "gpt-5-mini", input: "How much is the fish?" }),
    "responses streamed": async () =>
      partsOf(await responses.create({ model: "gpt-5-mini", input: "How much is the fish?", stream: true })),
    embeddings: () => embeddings.create({ model: "text-embedding-3-small", input: ["fish", "chips"] }),
    "chat.completions retried after 429": () =>
      chat.completions.create({ model, messages }, { headers: { "x-standin": "status=429, times=1" } }),
    "models (free)": async () => (await models.list()).data,
  });
};
