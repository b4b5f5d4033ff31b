const { partsOf, runSteps } = require("./steps.cjs");

const model = "claude-haiku-4-5";
const messages = [{ role: "user", content: "How much is the fish?" }];
const request = { model, max_tokens: 200, messages };
const cached = {
  ...request,
  system: [{ type: "text", text: "You sell fish. ".repeat(50), cache_control: { type: "ephemeral" } }],
};

module.exports = async ({ load, packages, urls }) => {
  const { default: Anthropic } = await load(packages[0]);
  const anthropic = new Anthropic({ baseURL: urls.anthropic, apiKey: "none" });
  await runSteps({
    messages: () => anthropic.messages.create(request),
    "messages that write to the cache": () => anthropic.messages.create(cached),
    "messages streamed": async () => partsOf(await anthropic.messages.create({ ...cached, stream: true })),
    "messages.stream": () => anthropic.messages.stream(request).finalMessage(),
    "beta.messages": () => anthropic.beta.messages.create(request),
    "messages retried after 429": () =>
      anthropic.messages.create(request, { headers: { "x-standin": "status=429, times=1" } }),
    "countTokens (free)": () => anthropic.messages.countTokens({ model, messages }),
  });
};
