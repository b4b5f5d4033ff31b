const { partsOf, runSteps } = require("./steps.cjs");

const messages = [{ role: "user", content: "How much is the fish?" }];

module.exports = async ({ load, packages, urls }) => {
  const { AzureOpenAI } = await load(packages[0]);
  const azure = new AzureOpenAI({
    endpoint: urls.openai,
    apiKey: "none",
    apiVersion: "2025-04-01-preview",
  });
  const request = { model: "gpt-4o", messages };
  await runSteps({
    "chat.completions": () => azure.chat.completions.create(request),
    "chat.completions streamed": async () =>
      partsOf(
        await azure.chat.completions.create({
          ...request,
          stream: true,
          stream_options: { include_usage: true },
        }),
      ),
    responses: () => azure.responses.create({ model: "gpt-5-mini", input: "How much is the fish?" }),
    "chat.completions retried after 429": () =>
      azure.chat.completions.create(request, { headers: { "x-standin": "status=429, times=1" } }),
    embeddings: () => azure.embeddings.create({ model: "text-embedding-3-small", input: "fish" }),
  });
};
