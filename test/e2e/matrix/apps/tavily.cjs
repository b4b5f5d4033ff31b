const { runSteps } = require("./steps.cjs");

module.exports = async ({ load, packages, urls }) => {
  const { tavily } = await load(packages[0]);
  const client = tavily({ apiKey: "none", apiBaseURL: urls.tavily });
  await runSteps({
    search: () => client.search("fish", { includeUsage: true }),
    extract: () => client.extract(["https://example.com/fish"], { includeUsage: true }),
    crawl: () => client.crawl("https://example.com", { includeUsage: true }),
    map: () => client.map("https://example.com", { includeUsage: true }),
    "search that does not ask for its usage": () => client.search("fish"),
  });
};
