import type { JsonObject } from "../../../../shared/call.ts";
import { document, type Speaker } from "./exchange.ts";
import { page } from "./page.ts";

const operations: Readonly<Record<string, "search" | "scrape">> = {
  "/search": "search",
  "/extract": "scrape",
  "/crawl": "scrape",
  "/map": "scrape",
};

/** https://docs.tavily.com/documentation/api-reference: credits are told to who asks for them. */
export const tavily: Speaker = (asked) => {
  if (asked.method !== "POST") return undefined;
  const operation = operations[asked.path];
  if (operation === undefined) return undefined;
  const told = asked.body["include_usage"] === true;
  const usage: JsonObject = told ? { usage: { credits: asked.nth } } : {};
  const rest = { response_time: 0.8, request_id: asked.name(""), ...usage };
  const billed = { operation, model: null, stream: false, usage: told ? { credits: asked.nth } : {} };
  const results =
    operation === "search"
      ? [{ ...page, content: "Two francs.", score: 0.9, raw_content: null }]
      : [{ url: page.url, raw_content: "Two francs.", images: [] }];
  if (asked.path === "/map") return document({ ...rest, base_url: page.url, results: [page.url] }, billed);
  if (asked.path === "/crawl") return document({ ...rest, base_url: page.url, results }, billed);
  const lists = operation === "search" ? { query: "fish", answer: null, images: [] } : { failed_results: [] };
  return document({ ...rest, ...lists, results }, billed);
};
