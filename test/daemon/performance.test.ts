import { expect, test } from "vitest";
import { makeReport } from "../builders.ts";
import { makeApp } from "./testApp.ts";

const nowMs = () => Date.parse("2026-11-18T12:00:00.000Z");
const at = (time: string) => `2026-11-18T${time}:00.000Z`;

test("says how long calls took and how many failed, by model and over time", async () => {
  const app = await makeApp({ nowMs });
  const slow = { requestModel: "slow-1", stream: true };
  await app.json("POST", "/v1/calls", {
    body: [
      ...[100, 200, 300, 400].map((durationMs) => makeReport({ startedAt: at("10:05"), durationMs })),
      makeReport({ ...slow, startedAt: at("11:20"), durationMs: 9_000, timeToFirstTokenMs: 1_500 }),
      makeReport({ ...slow, startedAt: at("11:40"), durationMs: 50, status: "error", attempt: 2 }),
    ],
  });
  const answer = await app.json("GET", "/v1/performance?groupBy=model&interval=hour");
  expect(answer).toMatchObject({ groupBy: "model", interval: "hour", from: at("00:00"), timeZone: "UTC" });
  expect(answer.rows.map(({ key }: { key: string }) => key)).toEqual(["gpt-4o-mini", "slow-1"]);
  expect(answer.rows[0]).toMatchObject({ calls: 4, errors: 0, retries: 0, firstTokenP50Ms: null });
  expect(near(answer.rows[0].durationP50Ms, 200)).toBe(true);
  expect(near(answer.rows[0].durationP99Ms, 400)).toBe(true);
  expect(answer.rows[1]).toMatchObject({ calls: 2, errors: 1, retries: 1, firstTokenCalls: 1 });
  expect(near(answer.rows[1].firstTokenP95Ms, 1_500)).toBe(true);
  expect(near(answer.total.durationP99Ms, 9_000)).toBe(true);
  expect(answer.total).toMatchObject({ calls: 6, errors: 1 });
  expect(answer.buckets[10]).toBe(at("10:00"));
  expect(answer.overTime.length).toBe(answer.buckets.length);
  expect(answer.overTime[10]).toMatchObject({ calls: 4, errors: 0 });
  expect(answer.overTime[11]).toMatchObject({ calls: 2, errors: 1 });
  expect(answer.overTime[9]).toMatchObject({ calls: 0, durationP95Ms: null });
});

test("is narrowed down, cut and cut into days, and asked of labels too", async () => {
  const app = await makeApp({ nowMs });
  await app.json("POST", "/v1/calls", {
    body: ["a", "b", "c"].map((lead) =>
      makeReport({ startedAt: at("09:00"), source: `/api/${lead}`, attributes: { lead } }),
    ),
  });
  const some = await app.json("GET", "/v1/performance?groupBy=label:lead&source=/api/b&from=7d");
  expect(some).toMatchObject({ interval: "day", rows: [{ key: "b", calls: 1 }], total: { calls: 1 } });
  expect(some.buckets).toHaveLength(7);
  const cut = await app.json("GET", "/v1/performance?groupBy=source&limit=2&from=all");
  expect(cut).toMatchObject({ rows: [{ calls: 1 }, { calls: 1 }], total: { calls: 3 } });
  // Of everything the first bucket is that of the first call.
  expect(cut.from).toBe(at("09:00"));
});

test("of no calls it is empty, not zero milliseconds", async () => {
  const app = await makeApp({ nowMs });
  const answer = await app.json("GET", "/v1/performance");
  expect(answer).toMatchObject({ groupBy: "provider", rows: [] });
  expect(answer.total).toMatchObject({ calls: 0, durationP50Ms: null, firstTokenP50Ms: null });
});

/** Histograms are within 6.25 % of the true value. */
function near(milliseconds: number, wanted: number): boolean {
  return Math.abs(milliseconds - wanted) <= wanted * 0.0625;
}
