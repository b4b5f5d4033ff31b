const { partsOf, runSteps } = require("./steps.cjs");

const model = "qwen3:8b";
const messages = [{ role: "user", content: "How much is the fish?" }];

module.exports = async ({ load, packages, urls }) => {
  const { Ollama } = await load(packages[0]);
  const ollama = new Ollama({ host: urls.ollama });
  await runSteps({
    chat: () => ollama.chat({ model, messages }),
    "chat streamed": async () => partsOf(await ollama.chat({ model, messages, stream: true })),
    generate: () => ollama.generate({ model, prompt: "How much is the fish?" }),
    "generate streamed": async () =>
      partsOf(await ollama.generate({ model, prompt: "How much is the fish?", stream: true })),
    embed: () => ollama.embed({ model: "nomic-embed-text", input: "fish" }),
    "list (free)": () => ollama.list(),
  });
};
