import type { JsonObject } from "../../../../shared/call.ts";
import { type Billed, document, eventStream, type Speaker } from "./exchange.ts";
import { page } from "./page.ts";

/** https://exa.ai/docs/reference: research and agents are jobs, whose cost is told when they have ended. */
export function createExa(): Speaker {
  /** What each job will have cost, and how often it has been asked for. */
  const jobs = new Map<string, { asked: number; total: number; made: JsonObject }>();
  return (asked) => {
    const [, kind, id = ""] = /^\/(research\/v1|agent\/runs)(?:\/([^/]+))?$/.exec(asked.path) ?? [];
    if (kind === undefined) return search(asked);
    const job = jobs.get(id);
    if (job !== undefined) {
      job.asked += 1;
      if (job.asked === 1) return document({ ...job.made, status: "running" }, null);
      const costDollars = { total: job.total, numSearches: 3, numPages: 4, reasoningTokens: 500 };
      const output = { content: "Two francs.", text: "Two francs." };
      return document({ ...job.made, status: "completed", output, costDollars }, null);
    }
    const total = 0.02 + 0.001 * asked.nth;
    const name = asked.name("");
    const { model = null } = asked.body;
    const made =
      kind === "agent/runs"
        ? { id: name, object: "agent_run", status: "queued", createdAt: "2026-11-21T10:00:00.000Z" }
        : { researchId: name, createdAt: 1_763_000_000_000, model, instructions: "Fish", status: "pending" };
    jobs.set(name, { asked: 0, total, made });
    return document(made, {
      operation: "search",
      model: typeof model === "string" ? model : null,
      stream: false,
      usage: {},
      costUsd: total.toFixed(3),
    });
  };
}

const search: Speaker = (asked) => {
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
