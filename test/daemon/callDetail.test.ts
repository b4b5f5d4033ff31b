import { expect, test } from "vitest";
import type { CallDetail } from "../../shared/callDetail.ts";
import { decimalToNanoUsd } from "../../shared/money.ts";
import { makeReport } from "../builders.ts";
import { makeApp } from "./testApp.ts";

type App = Awaited<ReturnType<typeof makeApp>>;

async function detail(app: App, callId: string): Promise<CallDetail> {
  return app.json("GET", `/v1/calls/${callId}`);
}

function sum({ cost }: CallDetail): number {
  return cost.reduce((total, { costUsd }) => total + (decimalToNanoUsd(costUsd ?? "0") ?? 0), 0);
}

test("a cost is made up of what was billed, each once, at its price", async () => {
  const app = await makeApp({ realPrices: true });
  const report = makeReport({
    provider: "anthropic",
    requestModel: "claude-sonnet-4-5",
    usage: {
      inputTokens: 12_000,
      cacheReadInputTokens: 8_000,
      cacheCreationInputTokens: 1_500,
      cacheCreation1hInputTokens: 500,
      outputTokens: 700,
      reasoningOutputTokens: 200,
      webSearches: 2,
    },
  });
  await app.json("POST", "/v1/calls", { body: [report] });
  const found = await detail(app, report.callId);
  expect(Object.fromEntries(found.cost.map(({ field, count }) => [field, count]))).toEqual({
    inputUsdPerMillion: 2_500,
    cacheReadUsdPerMillion: 8_000,
    cacheWriteUsdPerMillion: 1_000,
    cacheWrite1hUsdPerMillion: 500,
    outputUsdPerMillion: 500,
    reasoningUsdPerMillion: 200,
    webSearchUsd: 2,
  });
  expect(new Set(found.cost.map(({ priceKey }) => priceKey))).toEqual(new Set([found.call.priceKey]));
  expect(found.costAsStored).toBe(true);
  expect(sum(found)).toBe(decimalToNanoUsd(found.call.costUsd ?? ""));
});

test("what has no price is named without one, and what the provider declared is not worked out", async () => {
  const app = await makeApp({ realPrices: true });
  await app.json("PUT", "/v1/prices", {
    body: { provider: "acme", model: "ultra", inputUsdPerMillion: 4 },
  });
  const partly = makeReport({ provider: "acme", requestModel: "ultra" });
  const declared = makeReport({ costUsd: "0.5" });
  const unknown = makeReport({ provider: "acme", requestModel: "nobody-knows" });
  await app.json("POST", "/v1/calls", { body: [partly, declared, unknown] });
  const incomplete = await detail(app, partly.callId);
  expect(incomplete.call).toMatchObject({ costStatus: "incomplete", costUsd: "0.004" });
  expect(incomplete.cost).toMatchObject([
    { field: "inputUsdPerMillion", count: 1_000, usd: 4, per: 1_000_000, costUsd: "0.004" },
    { field: "outputUsdPerMillion", count: 100, usd: null, costUsd: null },
  ]);
  expect(await detail(app, declared.callId)).toMatchObject({ cost: [], costAsStored: true });
  expect(await detail(app, unknown.callId)).toMatchObject({ cost: [], call: { costStatus: "unpriced" } });
});

test("prices that changed since are said", async () => {
  const app = await makeApp({ realPrices: true });
  const price = (inputUsdPerMillion: number) =>
    app.json("PUT", "/v1/prices", {
      body: { provider: "acme", model: "ultra", inputUsdPerMillion, outputUsdPerMillion: 1 },
    });
  await price(4);
  const report = makeReport({ provider: "acme", requestModel: "ultra" });
  await app.json("POST", "/v1/calls", { body: [report] });
  expect((await detail(app, report.callId)).costAsStored).toBe(true);
  await price(8);
  const found = await detail(app, report.callId);
  expect(found).toMatchObject({ costAsStored: false, call: { costUsd: "0.0041" } });
});

test("attempts of one operation stand together, of the same run and of none", async () => {
  const app = await makeApp();
  for (const runId of ["run-1", undefined]) {
    const of = (attempt: number, second: number, operationId: string) =>
      makeReport({
        operationId,
        attempt,
        startedAt: `2026-11-18T10:00:0${second}.000Z`,
        status: attempt < 3 ? "error" : "ok",
        ...(runId === undefined ? {} : { runId }),
      });
    const operation = `operation of ${runId}`;
    const reports = [of(2, 3, operation), of(1, 1, operation), of(3, 5, operation), of(1, 2, "another")];
    await app.json("POST", "/v1/calls", { body: reports });
    const found = await detail(app, reports[0]?.callId ?? "");
    expect(found.attempts.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
    expect(found.call.attempt).toBe(2);
  }
  const alone = makeReport({});
  await app.json("POST", "/v1/calls", { body: [alone] });
  expect((await detail(app, alone.callId)).attempts).toHaveLength(1);
});

test("a call that there is not is refused", async () => {
  const app = await makeApp();
  const answer = await app.send("GET", "/v1/calls/nobody");
  expect(answer.status).toBe(404);
  expect(await answer.json()).toMatchObject({ field: "id" });
});
