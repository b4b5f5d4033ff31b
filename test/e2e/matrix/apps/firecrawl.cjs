const { runSteps } = require("./steps.cjs");

const url = "https://example.com/fish";

module.exports = async ({ load, packages, urls }) => {
  const { default: Firecrawl } = await load(packages[0]);
  const firecrawl = new Firecrawl({ apiKey: "none", apiUrl: urls.firecrawl });
  await runSteps({
    scrape: () => firecrawl.scrape(url),
    "crawl to its end": () => firecrawl.crawl(url, { limit: 2, pollInterval: 1 }),
    "batchScrape to its end": () => firecrawl.batchScrape([url], { pollInterval: 1 }),
    map: () => firecrawl.map(url),
    search: () => firecrawl.search("fish"),
    "extract to its end": () => firecrawl.extract({ urls: [url], prompt: "The price", pollInterval: 1 }),
    "getCreditUsage (free)": () => firecrawl.getCreditUsage(),
  });
};
