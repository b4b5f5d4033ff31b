const { partsOf, runSteps } = require("./steps.cjs");

module.exports = async ({ load, packages, urls }) => {
  const { default: Exa } = await load(packages[0]);
  const exa = new Exa("none", urls.exa);
  await runSteps({
    search: () => exa.search("fish"),
    getContents: () => exa.getContents(["https://example.com/fish"]),
    findSimilar: () => exa.findSimilar("https://example.com/fish"),
    answer: () => exa.answer("How much is the fish?"),
    "research to its end": async () => {
      const { researchId } = await exa.research.create({ instructions: "How much is the fish?" });
      return exa.research.pollUntilFinished(researchId, { pollInterval: 20 });
    },
    "agent to its end": () =>
      exa.agent.runs.createAndWait({ query: "How much is the fish?" }, { pollInterval: 20 }),
    streamAnswer: () => partsOf(exa.streamAnswer("How much is the fish?")),
  });
};
