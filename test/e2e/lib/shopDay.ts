import type { CallReport } from "../../../shared/call.ts";
import { makeReport } from "../../builders.ts";
import { seededRandom } from "../../seededRandom.ts";

const HOUR_MS = 3_600_000;

const sources = [
  ["/api/chat", "anthropic", "claude-sonnet-4-5", 5_200, 640],
  ["/api/search", "google", "gemini-2.5-flash", 1_800, 220],
  ["/api/suggest", "openai", "gpt-4o-mini", 700, 60],
  ["background_job:ENRICH_LEAD", "openai", "gpt-5-mini", 9_400, 2_100],
  ["action:draft.send", "openai", "gpt-4o", 3_100, 900],
] as const;

/**
 * Calls of a shop from midnight until `now`, with everything that the dashboard's views tell of: conversations, labels,
 * streams, failures with their retries, a model without a price, and names that are not what they seem.
 */
export function shopDay(now: Date): CallReport[] {
  const random = seededRandom(11);
  const reports: CallReport[] = [];
  const length = Math.min(10 * HOUR_MS, now.getTime() - new Date(now).setUTCHours(0, 0, 0, 0));
  for (let number = 0; number < 400; number += 1) {
    const [source, provider, requestModel, inputTokens, outputTokens] =
      sources[Math.floor(random() ** 1.6 * sources.length)] ?? sources[0];
    const startedAtMs = now.getTime() - random() * length;
    const inChat = source === "/api/chat";
    // Some answers of a chat are left to a smaller model.
    const model = inChat && number % 3 === 1 ? "claude-haiku-4-5" : requestModel;
    const common = {
      source,
      provider,
      requestModel: model,
      stream: inChat,
      feature: inChat ? "support-chat" : null,
      workspace: number % 4 === 0 ? "/home/dev/admin" : "/home/dev/shop-api",
      gitBranch: number % 3 === 0 ? "feature/tone" : "main",
      operationId: `operation-${number}`,
      runId: "run-1",
      callSite: { file: `src${source.replace(/\W+/g, "/")}.ts`, line: 10 + (number % 3), function: "handle" },
      attributes: { tenant: ["acme", "globex", "initech"][number % 3] ?? "acme" },
      ...(inChat ? { conversationId: `conversation-${number % 17}` } : {}),
    };
    const failed = random() < 0.05;
    if (failed) {
      reports.push(
        makeReport({
          ...common,
          startedAt: new Date(startedAtMs - 900).toISOString(),
          status: "error",
          httpStatus: 529,
          errorType: "overloaded_error",
          durationMs: 400,
          usage: {},
        }),
      );
    }
    const durationMs = Math.round(300 + 6_000 * random() ** 3);
    reports.push(
      makeReport({
        ...common,
        startedAt: new Date(startedAtMs).toISOString(),
        attempt: failed ? 2 : 1,
        durationMs,
        ...(inChat ? { timeToFirstTokenMs: Math.round(durationMs * (0.1 + 0.2 * random())) } : {}),
        usage: {
          inputTokens: Math.round(inputTokens * (0.5 + random())),
          outputTokens: Math.round(outputTokens * (0.5 + random())),
          ...(inChat ? { cacheReadInputTokens: Math.round(inputTokens * 0.3) } : {}),
        },
      }),
    );
  }
  const unpriced = { provider: "acme", requestModel: "acme-ultra-2", source: "/api/chat" };
  for (let number = 0; number < 9; number += 1) {
    reports.push(
      makeReport({ ...unpriced, startedAt: new Date(now.getTime() - number * 60_000).toISOString() }),
    );
  }
  reports.push(
    makeReport({
      startedAt: now.toISOString(),
      source: "<img src=x onerror=alert(1)>",
      requestModel: "<b>bold</b>",
      conversationId: "<script>alert(1)</script>",
    }),
  );
  return reports;
}
