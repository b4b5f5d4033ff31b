import { type AskedOf, document, type Speaker } from "./exchange.ts";
import { page } from "./page.ts";

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

  const read = (id: string, hasPages: boolean) => {
    const job = jobs.get(id);
    if (job === undefined) return undefined;
    job.asked += 1;
    const isOver = job.asked > 1;
    const creditsUsed = isOver ? job.credits : 1;
    const common = { success: true, expiresAt: "2026-11-22T10:00:00.000Z", creditsUsed };
    const pages = isOver ? [markdown, markdown] : [markdown];
    return document(
      hasPages
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
    const job = /^\/v2\/(crawl|extract|batch\/scrape)\/([^/]+)$/.exec(path);
    if (method === "GET" && job?.[2] !== undefined) return read(job[2], job[1] !== "extract");
    if (method === "GET" && path === "/v2/team/credit-usage") {
      return document({ success: true, data: { remainingCredits: 1_000, planCredits: 3_000 } }, null);
    }
    if (method !== "POST") return undefined;
    if (/^\/v2\/(?:crawl|extract|batch\/scrape)$/.test(path)) return start(asked);
    const usage = { credits: nth };
    if (path === "/v2/scrape") {
      const data = { ...markdown, metadata: { ...markdown.metadata, creditsUsed: nth } };
      return document({ success: true, data }, { operation: "scrape", model: null, stream: false, usage });
    }
    if (path === "/v2/map") {
      // It costs a credit, which is not told.
      const billed = { operation: "scrape" as const, model: null, stream: false, usage: { credits: 1 } };
      return document({ success: true, links: [page] }, billed);
    }
    if (path === "/v2/search") {
      const data = { web: [{ ...page, description: "Two francs." }] };
      const billed = { operation: "search" as const, model: null, stream: false, usage };
      return document({ success: true, data, creditsUsed: nth, id: asked.name("") }, billed);
    }
    return undefined;
  };
}
