import { expect, test } from "vitest";
import { json as answer, lines, reportOf } from "../usage/exchange.ts";
import { makeApp } from "./testApp.ts";

/** Work that one exchange hands in and others ask after: one row, whoever asks how often. */

type App = Awaited<ReturnType<typeof makeApp>>;

async function send({ json }: App, ...reports: ReturnType<typeof reportOf>[]): Promise<string[]> {
  const body = reports.map(({ complete: _, ...report }) => report);
  const { results } = await json("POST", "/v1/calls", { body });
  return results.map(({ outcome }: { outcome: string }) => outcome);
}

const usage = { input_tokens: 1_000_000, output_tokens: 100_000, total_tokens: 1_100_000 };
const batches = "https://api.openai.com/v1/batches";
const batch = { id: "batch_6719fbd6a1c8819093d1e2", model: "gpt-4o-mini-2024-07-18" };
const made = () => reportOf(`POST ${batches}`, answer({ id: batch.id, status: "validating" }));
const read = (status: string, more = {}) =>
  reportOf(`GET ${batches}/${batch.id}`, answer({ ...batch, status, ...more }));

test("a batch that is read ten times is one call, at half the price", async () => {
  const app = await makeApp({ realPrices: true });
  expect(await send(app, made())).toEqual(["accepted"]);
  expect(await send(app, read("in_progress"))).toEqual(["ignored"]);
  const ended = Array.from({ length: 10 }, () => read("completed", { usage }));
  expect(await send(app, ...ended)).toEqual(["updated", ...Array.from({ length: 9 }, () => "duplicate")]);
  // 0.15 and 0.60 dollars a million tokens, of which a batch costs half: https://openai.com/api/pricing
  expect((await app.json("GET", "/v1/calls?from=all")).calls).toMatchObject([
    {
      status: "ok",
      serviceTier: "batch",
      responseModel: batch.model,
      usage: { inputTokens: 1_000_000, outputTokens: 100_000 },
      costUsd: "0.105",
      costStatus: "computed",
    },
  ]);
});

test("a batch is priced by the day it was handed in, whenever it is read", async () => {
  const app = await makeApp({ realPrices: true });
  // On the tenth of June 2025 o3 became cheaper by four fifths: https://openai.com/api/pricing
  const on = (day: string, report: ReturnType<typeof reportOf>) => ({
    ...report,
    startedAt: `2025-06-${day}T12:00:00.000Z`,
  });
  const priced = async (id: string, day: string, readOn: string) => {
    const model = "o3-2025-04-16";
    const handedIn = reportOf(`POST ${batches}`, answer({ id, status: "validating" }));
    const ended = reportOf(`GET ${batches}/${id}`, answer({ id, model, status: "completed", usage }));
    await send(app, on(day, handedIn), on(readOn, ended));
    const { calls } = await app.json("GET", `/v1/calls?from=2025-06-${day}&to=2025-06-${day}`);
    return calls[0]?.costUsd;
  };
  // A million tokens in, a tenth of one out, at half the price.
  expect(await priced("batch_beforeBeforeBefore1", "05", "06")).toBe("7");
  expect(await priced("batch_beforeAfterAfter000", "09", "20")).toBe("7");
  expect(await priced("batch_afterAfterAfter0001", "12", "20")).toBe("1.4");
});

test("a batch that fails is a call that failed", async () => {
  const app = await makeApp();
  await send(app, made());
  await send(app, read("failed"));
  expect((await app.json("GET", "/v1/calls?from=all")).calls).toMatchObject([{ status: "error", usage: {} }]);
});

test("results of a batch, broken off and then read whole: each model at its own price, once", async () => {
  const app = await makeApp({ realPrices: true });
  const root = "https://api.anthropic.com/v1/messages/batches";
  const id = "msgbatch_01HkcTjaV5uDC8jWR4ZsDV8d";
  await send(app, reportOf(`POST ${root}`, answer({ id, processing_status: "in_progress" })));
  const line = (model: string, input_tokens: number) => ({
    custom_id: "secret",
    result: {
      type: "succeeded",
      message: { model, usage: { input_tokens, output_tokens: 0, service_tier: "batch" } },
    },
  });
  const sonnet = "claude-sonnet-4-5-20250929";
  const all = [
    ...[100_000, 100_000, 100_000].map((tokens) => line(sonnet, tokens)),
    line("claude-haiku-4-5-20251001", 100_000),
  ];
  const results = `GET ${root}/${id}/results`;
  await send(app, { ...reportOf(results, lines(...all.slice(0, 1))), status: "aborted" });
  await send(app, reportOf(results, lines(...all)));
  expect(await send(app, reportOf(results, lines(...all)))).toEqual(["duplicate"]);
  // 3 dollars a million tokens, and 1 dollar: a batch costs half. https://claude.com/pricing
  // Together they are longer than what costs more by itself, but none of them is.
  const calls = async () => (await app.json("GET", "/v1/calls?from=all")).calls;
  expect(await calls()).toMatchObject([
    { status: "ok", responseId: id, usage: { inputTokens: 300_000 }, costUsd: "0.5", costStatus: "computed" },
  ]);
  await send(app, reportOf(results, lines(...all, line(sonnet, 300_000))));
  expect(await calls()).toMatchObject([
    { usage: { inputTokens: 600_000 }, costUsd: "0.95", costStatus: "incomplete" },
  ]);
});

test("a batch of which nothing succeeded waits for no results", async () => {
  const root = "https://api.anthropic.com/v1/messages/batches";
  const none = { processing: 0, succeeded: 0, errored: 0, canceled: 0, expired: 0 };
  const endOf = async (counts: object) => {
    const app = await makeApp();
    const id = "msgbatch_01HkcTjaV5uDC8jWR4ZsDV8d";
    const batch = (processing_status: string, request_counts: object) =>
      answer({ id, type: "message_batch", processing_status, request_counts });
    await send(app, reportOf(`POST ${root}`, batch("in_progress", { ...none, processing: 4 })));
    await send(app, reportOf(`GET ${root}/${id}`, batch("in_progress", { ...none, processing: 4 })));
    const [outcome] = await send(app, reportOf(`GET ${root}/${id}`, batch("ended", { ...none, ...counts })));
    const { calls } = await app.json("GET", "/v1/calls?from=all");
    return [outcome, calls[0]?.status, calls.length];
  };
  expect(await endOf({ errored: 3, expired: 1 })).toEqual(["updated", "error", 1]);
  expect(await endOf({ canceled: 4 })).toEqual(["updated", "aborted", 1]);
  expect(await endOf({ canceled: 3, errored: 1 })).toEqual(["updated", "error", 1]);
  // What the one that succeeded took, its results will say.
  expect(await endOf({ succeeded: 1, errored: 3 })).toEqual(["ignored", "pending", 1]);
});

test("a read of what nobody here handed in is no call", async () => {
  const app = await makeApp();
  expect(await send(app, read("completed", { usage }))).toEqual(["ignored"]);
  expect((await app.json("GET", "/v1/calls?from=all")).calls).toEqual([]);
});
