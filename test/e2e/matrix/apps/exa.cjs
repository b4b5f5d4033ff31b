const { partsOf, runSteps } = require("./steps.cjs");

module.exports = async ({ load, packages, urls }) => {
  const { default: Exa } = await load(packages[0]);
  const exa = new Exa("none", urls.exa);
  await runSteps({
    search: () => exa.search("fish"),
    getContents: () => exa.getContents(["https://example.com/fish"]),
    findSimilar: () => exa.findSimilar("https://example.com/fish"),
    answer: () => exa.answer("How much is the fish?"),
    streamAnswer: () => partsOf(exa.streamAnswer("How much is the fish?")),
  });
};
