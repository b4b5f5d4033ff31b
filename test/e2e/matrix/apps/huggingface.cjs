const { partsOf, runSteps } = require("./steps.cjs");

const request = {
  model: "meta-llama/Llama-3.1-8B-Instruct",
  messages: [{ role: "user", content: "How much is the fish?" }],
};

module.exports = async ({ load, packages, urls }) => {
  const { InferenceClient } = await load(packages[0]);
  const client = new InferenceClient("none", { endpointUrl: urls.huggingface });
  await runSteps({
    chatCompletion: () => client.chatCompletion(request),
    chatCompletionStream: () => partsOf(client.chatCompletionStream(request)),
  });
};
