import type { CallReport } from "../../../shared/call.ts";
import { makeReport } from "../../builders.ts";
import { seededRandom } from "../../seededRandom.ts";

const DAY_MS = 86_400_000;

/** What each source asks: provider, model, tokens in and out of one call, calls on a weekday. */
const habits = [
  ["/api/chat", "anthropic", "claude-haiku-4-5", 5_200, 640, 46],
  ["/api/search", "google", "gemini-2.5-flash", 1_800, 220, 30],
  ["/api/suggest", "openai", "gpt-4o-mini", 700, 60, 58],
  ["background_job:ENRICH_LEAD", "openai", "gpt-5-mini", 9_400, 2_100, 16],
  ["/api/products/:id/describe", "openai", "gpt-4.1-mini", 2_600, 380, 14],
  ["action:draft.send", "openai", "gpt-4o", 3_100, 900, 7],
] as const;

/**
 * Calls of a shop at work in the six days before `now`, for pictures: what stands in them is computed from these by the
 * product itself.
 */
export function pastWeek(now: Date): CallReport[] {
  const random = seededRandom(7);
  const reports: CallReport[] = [];
  for (let day = 1; day <= 6; day += 1) {
    const busy = 0.4 + random();
    for (const [source, provider, requestModel, inputTokens, outputTokens, calls] of habits) {
      for (let call = 0; call < calls * busy; call += 1) {
        const startedAt = new Date(now.getTime() - day * DAY_MS - random() * 0.4 * DAY_MS).toISOString();
        const failed = random() < 0.02;
        reports.push(
          makeReport({
            startedAt,
            source,
            provider,
            requestModel,
            status: failed ? "error" : "ok",
            httpStatus: failed ? 529 : 200,
            durationMs: Math.round(250 + 2_400 * random() ** 2),
            usage: failed
              ? {}
              : {
                  inputTokens: Math.round(inputTokens * (0.5 + random())),
                  outputTokens: Math.round(outputTokens * (0.5 + random())),
                },
          }),
        );
      }
    }
  }
  return reports;
}
