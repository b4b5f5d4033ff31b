import { expect, test } from "vitest";
import { makeCallId, makeReport } from "../builders.ts";
import { makeApp } from "./testApp.ts";

test("each item has its own outcome; what is wrong names item and field, the rest is stored", async () => {
  const { json } = await makeApp();
  const good = [makeReport(), makeReport(), makeReport()];
  const { results } = await json("POST", "/v1/calls", {
    body: [
      good[0],
      makeReport({ usage: { inputTokens: -1 } }),
      makeReport({ usage: { inputTokens: 1e308 } }),
      good[1],
      { ...makeReport(), status: "fine" },
      { ...makeReport(), startedAt: "yesterday" },
      { ...makeReport(), provider: undefined },
      "nothing",
      good[2],
    ],
  });
  expect(results.map(({ outcome }: { outcome: string }) => outcome)).toEqual([
    "accepted",
    "rejected",
    "rejected",
    "accepted",
    "rejected",
    "rejected",
    "rejected",
    "rejected",
    "accepted",
  ]);
  const errorsAt = (index: number) => results[index].errors;
  expect(results[1].index).toBe(1);
  expect(errorsAt(1)).toEqual([{ field: "usage.inputTokens", message: "must not be negative" }]);
  expect(errorsAt(2)).toEqual([{ field: "usage.inputTokens", message: "is too large" }]);
  expect(errorsAt(4)).toEqual([{ field: "status", message: "must be one of ok, error, aborted, pending" }]);
  expect(errorsAt(5)).toEqual([{ field: "startedAt", message: "must be an ISO 8601 instant" }]);
  expect(errorsAt(6)).toEqual([{ field: "provider", message: "is required where there is no endpoint" }]);
  expect(errorsAt(7)).toEqual([{ field: "", message: "must be an object" }]);
  const { total } = await json("GET", "/v1/spend");
  expect(total.calls).toBe(3);
});

test("NaN and Infinity, as some languages write them, spoil their own item alone", async () => {
  const { json } = await makeApp();
  const nan = JSON.stringify(makeReport({ durationMs: 12_345 })).replace("12345", "NaN");
  const body = `[${nan},${JSON.stringify(makeReport({ feature: 'NaN "Infinity" -Infinity' }))}]`;
  const { results } = await json("POST", "/v1/calls", { body });
  expect(results[0]).toMatchObject({
    outcome: "rejected",
    errors: [{ field: "durationMs", message: "must be a number" }],
  });
  expect(results[1].outcome).toBe("accepted");
  const { calls } = await json("GET", "/v1/calls");
  expect(calls[0].feature).toBe('NaN "Infinity" -Infinity');
});

test.each(["constructor", "__proto__", "toString"])(
  "what calls itself %s is told from what every object has",
  async (name) => {
    const { json } = await makeApp({ realPrices: true });
    const usage = { inputTokens: 1_000, outputTokens: 10 };
    const { results } = await json("POST", "/v1/calls", {
      body: [
        makeReport({ provider: name, requestModel: name, serviceTier: name, usage }),
        makeReport({ provider: "openai", requestModel: "gpt-4o-mini", serviceTier: name, usage }),
        makeReport({ provider: "tavily", requestModel: name, usage: { credits: 1 } }),
        {
          ...makeReport(),
          provider: undefined,
          operation: undefined,
          usage: undefined,
          requestModel: "sonar",
          endpoint: { host: "api.perplexity.ai", path: "/chat/completions", method: "POST" },
          rawUsage: { usage: { prompt_tokens: 1_000, completion_tokens: 10, search_context_size: name } },
        },
      ],
    });
    expect(results.map(({ outcome }: { outcome: string }) => outcome)).toEqual(Array(4).fill("accepted"));
    const { calls } = await json("GET", "/v1/calls");
    // A tier, and a size of a search, that nobody knows: at least the price of the tokens, and the lowest fee.
    const costs = calls.map((call: { provider: string; costUsd: string | null; costStatus: string }) => [
      call.provider,
      call.costUsd,
      call.costStatus,
    ]);
    expect(costs.toSorted()).toEqual(
      [
        [name.toLowerCase(), null, "unpriced"],
        ["openai", "0.000156", "incomplete"],
        ["perplexity", "0.00601", "incomplete"],
        ["tavily", null, "unpriced"],
      ].toSorted(),
    );
  },
);

test("a report that trips a mistake of the daemon's own spoils itself alone", async () => {
  const { json, logged } = await makeApp();
  const { results } = await json("POST", "/v1/calls", {
    body: [makeReport(), makeReport({ requestModel: "broken" }), makeReport()],
  });
  expect(results.map(({ outcome }: { outcome: string }) => outcome)).toEqual([
    "accepted",
    "rejected",
    "accepted",
  ]);
  expect(results[1].errors[0].message).toMatch(/log says why/);
  expect(logged.join()).toMatch(/TypeError: no such price/);
});

test("a report that comes alone is refused as a whole, in words", async () => {
  const { json } = await makeApp();
  const body = makeReport({ usage: { outputTokens: -3 } });
  expect(await json("POST", "/v1/calls", { body, status: 400 })).toMatchObject({
    error: "usage.outputTokens must not be negative.",
    field: "usage.outputTokens",
    results: [{ outcome: "rejected", index: 0 }],
  });
  expect((await json("POST", "/v1/calls", { body: makeReport() })).results[0].outcome).toBe("accepted");
});

test("one line that is no JSON spoils itself alone", async () => {
  const { json } = await makeApp();
  const body = `${JSON.stringify(makeReport())}\n{"callId":\n\n${JSON.stringify(makeReport())}\n`;
  const { results } = await json("POST", "/v1/calls", { body, type: "application/x-ndjson" });
  expect(results.map(({ outcome }: { outcome: string }) => outcome)).toEqual([
    "accepted",
    "rejected",
    "accepted",
  ]);
  expect(results[1].errors[0].message).toMatch(/is not JSON/);
});

test("fields it does not know are left out, and named", async () => {
  const { json } = await makeApp();
  const report = { ...makeReport(), colour: "red", usage: { inputTokens: 1, input_tokens: 3 } };
  const { results } = await json("POST", "/v1/calls", { body: [report] });
  expect(results).toEqual([
    {
      callId: report.callId,
      outcome: "accepted",
      costUsd: "1",
      unknownFields: ["colour", "usage.input_tokens"],
    },
  ]);
});

test("a feature that nobody named is called as the function or the file of the call site", async () => {
  const { json } = await makeApp();
  const site = (functionName: string | null) => ({
    file: "src/mail/reply.ts",
    line: 12,
    function: functionName,
  });
  await json("POST", "/v1/calls", {
    body: [
      makeReport({ callSite: site("draftReply"), feature: "support" }),
      makeReport({ callSite: site("draftReply") }),
      makeReport({ callSite: site(null) }),
      makeReport({ callSite: null }),
    ],
  });
  const { rows } = await json("GET", "/v1/spend?groupBy=feature");
  const features = rows.map(({ key }: { key: string | null }) => key);
  expect(new Set(features)).toEqual(new Set(["support", "draftReply", "src/mail/reply", null]));
});

test("a name that is another one for each request is put together, and said so", async () => {
  const { json } = await makeApp();
  const body = Array.from({ length: 1_050 }, (_, index) =>
    makeReport({
      source: `/chat/\u{1f600}${index}`,
      feature: "reply",
      attributes: { [`lead-${index}`]: "1", company: "ACME" },
    }),
  );
  await json("POST", "/v1/calls", { body });
  const { rows, total } = await json("GET", "/v1/spend?groupBy=source&limit=2000");
  expect(rows).toHaveLength(1_001);
  expect(rows[0]).toMatchObject({ key: "(other)", sourceKind: "custom", calls: 50 });
  expect(total.calls).toBe(1_050);
  const { rows: byLabel } = await json("GET", "/v1/spend?groupBy=label:company,feature");
  expect(byLabel.map(({ keys }: { keys: string[] }) => keys)).toContainEqual(["ACME", "reply"]);
  const { warnings } = await json("GET", "/v1/status");
  expect(warnings).toEqual([
    expect.stringMatching(/^Today there were more than 1000 different sources: 50 calls .* "\(other\)"\./),
    expect.stringMatching(/^Today there were more than 200 different names of labels: .* 85[01] calls\.$/),
  ]);
});

test.each([
  { dimension: "provider", of: (name: string) => ({ provider: name }), beyond: "(other)" },
  { dimension: "model", of: (name: string) => ({ requestModel: name }), beyond: "(other)" },
  { dimension: "workspace", of: (name: string) => ({ workspace: `/tmp/${name}` }), beyond: "(other)" },
  { dimension: "branch", of: (name: string) => ({ gitBranch: name }), beyond: "(other)" },
  { dimension: "developer", of: (name: string) => ({ developer: name }), beyond: "(other)" },
  {
    dimension: "callSite",
    of: (name: string) => ({ feature: "f", callSite: { file: `${name}.js`, line: 1, function: null } }),
    beyond: null,
  },
])("a $dimension of its own for each call is put together", async ({ dimension, of, beyond }) => {
  const { json } = await makeApp({ realPrices: true });
  const body = Array.from({ length: 1_050 }, (_, index) => makeReport(of(`name-${index}`)));
  await json("POST", "/v1/calls", { body });
  const { rows } = await json("GET", `/v1/spend?groupBy=${dimension}&limit=2000`);
  expect(rows).toHaveLength(1_001);
  expect(rows).toContainEqual(expect.objectContaining({ key: beyond, calls: 50 }));
  const { warnings } = await json("GET", "/v1/status");
  expect(warnings).toEqual([
    expect.stringMatching(/^Today there were more than 1000 different .*: 50 calls /),
  ]);
  // A model with a price keeps its name: there are only so many in a list of prices.
  await json("POST", "/v1/calls", { body: [makeReport({ callId: "last", requestModel: "gpt-4.1" })] });
  const { calls } = await json("GET", "/v1/calls?limit=1");
  expect(calls[0]).toMatchObject({ callId: "last", requestModel: "gpt-4.1", costStatus: "computed" });
});

test("the same batch again, in any order and partly, changes nothing", async () => {
  const { json } = await makeApp();
  const batch = Array.from({ length: 10 }, () => makeReport());
  await json("POST", "/v1/calls", { body: batch });
  const before = await json("GET", "/v1/spend?groupBy=source");
  const { results } = await json("POST", "/v1/calls", { body: [...batch].reverse() });
  expect(results.every(({ outcome }: { outcome: string }) => outcome === "duplicate")).toBe(true);
  await json("POST", "/v1/calls", { body: [makeReport(), ...batch.slice(3, 6)].slice(1) });
  expect(await json("GET", "/v1/spend?groupBy=source")).toEqual(before);
});

test("what was exported can be reported as it is", async () => {
  const { json } = await makeApp();
  await json("POST", "/v1/calls", { body: [makeReport({ requestModel: "priceless" })] });
  const { calls } = await json("GET", "/v1/calls");
  expect(calls[0].costUsd).toBe(null);
  const { results } = await json("POST", "/v1/calls", { body: calls });
  expect(results).toEqual([{ callId: calls[0].callId, outcome: "duplicate", costUsd: null }]);
});

test("names are cut and cleaned, query strings are dropped, prices of nothing are null", async () => {
  const { json, store } = await makeApp();
  const report = makeReport({
    requestModel: "priceless",
    source: `/x\u0000\u001b[31m${"y".repeat(500)}`,
    endpoint: { host: "API.OpenAI.com", path: "/v1/chat/completions?key=secret", method: "post" },
  });
  await json("POST", "/v1/calls", { body: [report] });
  const { calls } = await json("GET", "/v1/calls");
  expect(calls[0].source).toMatch(/^\/x \[31my+$/);
  expect(calls[0].source.length).toBe(200);
  expect(calls[0]).toMatchObject({ costUsd: null, costStatus: "unpriced" });
  const { models } = await json("GET", "/v1/prices/unpriced");
  expect(models).toMatchObject([{ provider: "openai", model: "priceless", calls: 1 }]);
  expect((await store.statistics()).calls).toBe(1);
});

test("what is no billed call is ignored, with the reason", async () => {
  const { json } = await makeApp();
  const endpoint = { host: "api.anthropic.com", path: "/v1/messages/count_tokens", method: "POST" };
  const report = { callId: makeCallId(), startedAt: new Date().toISOString(), status: "ok", endpoint };
  const { results } = await json("POST", "/v1/calls", { body: [report] });
  expect(results).toEqual([
    { callId: report.callId, outcome: "ignored", reason: "anthropic does not bill this endpoint" },
  ]);
});

test("a response in the background is one call, completed by its final read", async () => {
  const { json } = await makeApp();
  const startedAt = new Date().toISOString();
  const endpoint = { host: "api.openai.com", path: "/v1/responses", method: "POST" };
  const created = {
    callId: makeCallId(),
    startedAt,
    status: "ok",
    endpoint,
    rawUsage: {
      id: "resp_68af4030592c81938ec0a5fbab4a3e9f",
      model: "gpt-5",
      status: "queued",
      background: true,
      usage: null,
    },
  };
  const read = {
    callId: makeCallId(),
    startedAt,
    status: "ok",
    endpoint: { ...endpoint, path: "/v1/responses/resp_68af4030592c81938ec0a5fbab4a3e9f", method: "GET" },
    rawUsage: {
      id: "resp_68af4030592c81938ec0a5fbab4a3e9f",
      model: "gpt-5",
      status: "completed",
      background: true,
      usage: { input_tokens: 10, output_tokens: 5 },
    },
  };
  await json("POST", "/v1/calls", { body: [created] });
  expect((await json("GET", "/v1/calls")).calls).toMatchObject([{ status: "pending", usage: {} }]);
  const { results } = await json("POST", "/v1/calls", { body: [read, read] });
  expect(results.map(({ outcome }: { outcome: string }) => outcome)[0]).toBe("updated");
  const { calls } = await json("GET", "/v1/calls");
  expect(calls).toMatchObject([
    { callId: created.callId, status: "ok", usage: { inputTokens: 10, outputTokens: 5 } },
  ]);
});

test("paused, it acknowledges and keeps nothing", async () => {
  const { json } = await makeApp();
  await json("PUT", "/v1/recording", { body: { recording: false } });
  const { results } = await json("POST", "/v1/calls", { body: [makeReport()] });
  expect(results).toMatchObject([{ outcome: "ignored", reason: "recording is paused" }]);
  expect((await json("GET", "/v1/status")).recording).toBe(false);
  expect((await json("GET", "/v1/spend")).total.calls).toBe(0);
});

test.each([
  [new Date(Date.now() + 7 * 24 * 3_600_000).toISOString(), "lies more than a day in the future"],
  ["1969-12-31T23:59:59.999Z", "lies before 1970"],
  ["0001-01-01T00:00:00Z", "lies before 1970"],
])("a report of %s is refused: the clock that says so is wrong", async (startedAt, message) => {
  const { json } = await makeApp();
  const { results } = await json("POST", "/v1/calls", { body: [makeReport({ startedAt })] });
  expect(results[0].errors).toEqual([{ field: "startedAt", message }]);
});

test("the first call that there can be is in a report of all", async () => {
  const { json } = await makeApp();
  await json("POST", "/v1/calls", { body: [makeReport({ startedAt: "1970-01-01T00:00:00Z" })] });
  expect((await json("GET", "/v1/spend?from=all")).total.calls).toBe(1);
});

test("runs and what they had to drop are counted", async () => {
  const { json } = await makeApp();
  const report = (run: string, dropped: string) =>
    json("POST", "/v1/calls", {
      body: [makeReport()],
      headers: { "x-taximeter-run": run, "x-taximeter-dropped": dropped },
    });
  await report("one", "2");
  await report("one", "3");
  await report("two", "nonsense");
  const status = await json("GET", "/v1/status");
  expect(status).toMatchObject({ activeRuns: 2, droppedCalls: 5 });
  expect(status.warnings).toEqual(["5 calls were dropped by apps that could not deliver them."]);
});

test("a long batch is taken whole, each outcome at its own place", async () => {
  const { json } = await makeApp();
  const body: unknown[] = Array.from({ length: 2_500 }, () => makeReport());
  body[1_700] = {};
  const { results } = await json("POST", "/v1/calls", { body });
  expect(results.length).toBe(2_500);
  expect(results[1_700]).toMatchObject({ outcome: "rejected", index: 1_700 });
  expect(results.filter(({ outcome }: { outcome: string }) => outcome === "accepted").length).toBe(2_499);
  expect(results[2_499].callId).toBe((body[2_499] as { callId: string }).callId);
  const many = Array.from({ length: 10_001 }, () => ({}));
  expect(await json("POST", "/v1/calls", { body: many, status: 400 })).toMatchObject({
    error: "A batch has at most 10000 items.",
  });
});
