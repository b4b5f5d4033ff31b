import type { JsonObject } from "../../../../shared/call.ts";
import { type AskedOf, type Billed, document, eventStream, type Speaker } from "./exchange.ts";

const page = { title: "Fish", url: "https://example.com/fish" };

/** https://exa.ai/docs/reference */
export const exa: Speaker = (asked) => {
  if (asked.method !== "POST") return undefined;
  const total = 0.005 + 0.001 * asked.nth;
  const costDollars = { total, search: { neural: total } };
  const billed = (operation: "search" | "scrape", stream = false): Billed => ({
    operation,
    // The SDK names one for answers.
    model: typeof asked.body["model"] === "string" ? asked.body["model"] : null,
    stream,
    usage: {},
    costUsd: total.toFixed(3),
  });
  const requestId = asked.name("");
  const results = [{ ...page, id: page.url, publishedDate: null, author: null, text: "Two francs." }];
  if (asked.path === "/search" || asked.path === "/findSimilar") {
    return document({ requestId, resolvedSearchType: "neural", results, costDollars }, billed("search"));
  }
  if (asked.path === "/contents") {
    const statuses = [{ id: page.url, status: "success", source: "cached" }];
    return document({ requestId, results, statuses, costDollars }, billed("scrape"));
  }
  if (asked.path !== "/answer") return undefined;
  if (asked.body["stream"] !== true) {
    return document({ requestId, answer: "Two francs.", citations: results, costDollars }, billed("search"));
  }
  const said = (content: string): JsonObject => ({ choices: [{ delta: { content } }] });
  return eventStream(
    [said("Two"), said(" francs."), { citations: results }, { requestId, costDollars }, "[DONE]"],
    billed("search", true),
  );
};

/** https://docs.firecrawl.dev/api-reference: a job's credits grow until it has ended. */
export function createFirecrawl(): Speaker {
  /** How often each job has been asked for, and what it will have cost. */
  const jobs = new Map<string, { asked: number; credits: number }>();
  const markdown = {
    markdown: "Two francs.",
    metadata: { title: page.title, sourceURL: page.url, statusCode: 200 },
  };

  const start = (asked: AskedOf) => {
    const id = asked.name("");
    const credits = 3 + asked.nth;
    jobs.set(id, { asked: 0, credits });
    return document(
      { success: true, id, url: `https://api.firecrawl.dev${asked.path}/${id}` },
      { operation: "scrape", model: null, stream: false, usage: { credits } },
    );
  };

  const read = (id: string, isCrawl: boolean) => {
    const job = jobs.get(id);
    if (job === undefined) return undefined;
    job.asked += 1;
    const isOver = job.asked > 1;
    const creditsUsed = isOver ? job.credits : 1;
    const common = { success: true, expiresAt: "2026-11-22T10:00:00.000Z", creditsUsed };
    const pages = isOver ? [markdown, markdown] : [markdown];
    return document(
      isCrawl
        ? {
            ...common,
            status: isOver ? "completed" : "scraping",
            total: 2,
            completed: pages.length,
            data: pages,
          }
        : { ...common, status: isOver ? "completed" : "processing", data: isOver ? { price: 2 } : [] },
      null,
    );
  };

  return (asked) => {
    const { method, path, nth } = asked;
    const job = /^\/v2\/(crawl|extract)\/([^/]+)$/.exec(path);
    if (method === "GET" && job?.[2] !== undefined) return read(job[2], job[1] === "crawl");
    if (method === "GET" && path === "/v2/team/credit-usage") {
      return document({ success: true, data: { remainingCredits: 1_000, planCredits: 3_000 } }, null);
    }
    if (method !== "POST") return undefined;
    if (path === "/v2/crawl" || path === "/v2/extract") return start(asked);
    const usage = { credits: nth };
    if (path === "/v2/scrape") {
      const data = { ...markdown, metadata: { ...markdown.metadata, creditsUsed: nth } };
      return document({ success: true, data }, { operation: "scrape", model: null, stream: false, usage });
    }
    if (path === "/v2/search") {
      const data = { web: [{ ...page, description: "Two francs." }] };
      const billed = { operation: "search" as const, model: null, stream: false, usage };
      return document({ success: true, data, creditsUsed: nth, id: asked.name("") }, billed);
    }
    return undefined;
  };
}

/** https://docs.tavily.com/documentation/api-reference: credits are told to who asks for them. */
export const tavily: Speaker = (asked) => {
  if (asked.method !== "POST") return undefined;
  const operation = asked.path === "/search" ? "search" : asked.path === "/extract" ? "scrape" : undefined;
  if (operation === undefined) return undefined;
  const told = asked.body["include_usage"] === true;
  const usage: JsonObject = told ? { usage: { credits: asked.nth } } : {};
  const results =
    operation === "search"
      ? [{ ...page, content: "Two francs.", score: 0.9, raw_content: null }]
      : [{ url: page.url, raw_content: "Two francs.", images: [] }];
  const lists = operation === "search" ? { query: "fish", answer: null, images: [] } : { failed_results: [] };
  return document(
    { ...lists, results, response_time: 0.8, request_id: asked.name(""), ...usage },
    { operation, model: null, stream: false, usage: told ? { credits: asked.nth } : {} },
  );
};
