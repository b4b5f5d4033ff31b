import { describe, expect, it, test } from "vitest";
import type { Call, CallReport } from "../../shared/call.ts";
import { makeReport } from "../builders.ts";
import { makeApp } from "../daemon/testApp.ts";
import { makeChatSpan, makeSpan, sendSpans, type TestSpan } from "./spans.ts";

type App = Awaited<ReturnType<typeof makeApp>>;

const startMs = Date.now() - 30_000;
const responseId = "chatcmpl-0123456789abcdef";

/** What the shim reports of an exchange. */
function makeExchange(over: Partial<CallReport> = {}, id: string | null = responseId): CallReport {
  const { usage: _usage, provider: _provider, operation: _operation, ...report } = makeReport();
  return {
    ...report,
    startedAt: new Date(startMs + 5).toISOString(),
    durationMs: 780,
    endpoint: { host: "api.openai.com", path: "/v1/chat/completions", method: "POST" },
    rawUsage: {
      ...(id === null ? {} : { id }),
      usage: { prompt_tokens: 1_000, completion_tokens: 100, prompt_tokens_details: { cached_tokens: 600 } },
      service_tier: "flex",
    },
    source: "/api/chat",
    sourceKind: "route",
    ...over,
  };
}

function makeTwinSpan(fields: Partial<TestSpan> = {}): TestSpan {
  const { attributes, ...rest } = fields;
  return makeChatSpan({
    startMs,
    durationMs: 800,
    attributes: {
      "gen_ai.agent.name": "support",
      "gen_ai.conversation.id": "c-1",
      "traceloop.association.properties.lead": "42",
      ...attributes,
    },
    ...rest,
  });
}

async function report(app: App, ...reports: CallReport[]) {
  return await app.json("POST", "/v1/calls", { body: reports });
}

async function storedCalls({ json }: App): Promise<Call[]> {
  return (await json("GET", "/v1/calls?from=all&order=asc")).calls;
}

/** Whichever of them comes first, once or again: the calls that there are. */
async function inEitherOrder(exchange: CallReport, span: TestSpan): Promise<Call[][]> {
  const [first, second, again] = [await makeApp(), await makeApp(), await makeApp()];
  await report(first, exchange);
  await sendSpans(first, [span]);
  await sendSpans(second, [span]);
  await report(second, exchange);
  await sendSpans(again, [span]);
  for (let time = 0; time < 2; time += 1) {
    await report(again, exchange);
    await sendSpans(again, [span]);
  }
  return [await storedCalls(first), await storedCalls(second), await storedCalls(again)];
}

describe("an exchange that the shim saw and a span tells of is one call", () => {
  const cases: [string, CallReport, TestSpan][] = [
    [
      "by its response id",
      makeExchange(),
      makeTwinSpan({ attributes: { "gen_ai.response.id": responseId } }),
    ],
    [
      "by its response id, though the span names another provider",
      makeExchange({ provider: "groq" }),
      makeTwinSpan({ attributes: { "gen_ai.response.id": responseId } }),
    ],
    ["by time, model and tokens, where the span has no id", makeExchange(), makeTwinSpan()],
    ["by time, model and tokens, where neither has one", makeExchange({}, null), makeTwinSpan()],
    [
      "by time and model, where the span has no tokens",
      makeExchange({}, null),
      makeSpan({
        startMs,
        durationMs: 800,
        attributes: {
          "openinference.span.kind": "LLM",
          "llm.system": "openai",
          "llm.model_name": "gpt-4o-mini",
          "agent.name": "support",
          "session.id": "c-1",
          "langfuse.trace.metadata.lead": "42",
        },
      }),
    ],
  ];
  it.each(cases)("%s", async (_name, exchange, span) => {
    for (const calls of await inEitherOrder(exchange, span)) {
      expect(calls).toHaveLength(1);
      expect(calls[0]).toMatchObject({
        // The provider's own figures, whatever the span says.
        usage: { inputTokens: 1_000, outputTokens: 100, cacheReadInputTokens: 600 },
        serviceTier: "flex",
        feature: "support",
        conversationId: "c-1",
        attributes: { lead: "42" },
      });
    }
  });

  test("what the shim knows of its source stands, whichever came first", async () => {
    const span = makeTwinSpan({ resource: { "service.name": "shop", "telemetry.sdk.language": "nodejs" } });
    for (const calls of await inEitherOrder(makeExchange(), span)) {
      expect(calls).toMatchObject([{ source: "/api/chat", sourceKind: "route" }]);
    }
  });

  test("a feature that is named stands before one that is called as its function", async () => {
    const exchange = makeExchange({ callSite: { file: "chat.ts", line: 3, function: "answer" } });
    for (const calls of await inEitherOrder(exchange, makeTwinSpan())) {
      expect(calls).toMatchObject([{ feature: "support", callSite: { function: "answer" } }]);
    }
  });

  test("a span never adds to what the exchange itself said", async () => {
    const exaggerating = makeTwinSpan({
      attributes: { "gen_ai.response.id": responseId, "gen_ai.usage.input_tokens": 90_000 },
    });
    for (const calls of await inEitherOrder(makeExchange(), exaggerating)) {
      expect(calls).toMatchObject([{ usage: { inputTokens: 1_000 } }]);
    }
  });

  test("a stream without usage takes what the span knows", async () => {
    const exchange = makeExchange({ rawUsage: { id: responseId }, stream: true });
    const span = makeTwinSpan({ attributes: { "gen_ai.response.id": responseId } });
    for (const calls of await inEitherOrder(exchange, span)) {
      expect(calls).toMatchObject([{ stream: true, usage: { inputTokens: 1_000, outputTokens: 100 } }]);
    }
  });

  test("both at the same moment, again and again", async () => {
    const app = await makeApp();
    for (let time = 0; time < 20; time += 1) {
      const at = startMs - time * 5_000;
      const exchange = makeExchange({ startedAt: new Date(at + 5).toISOString() }, null);
      await Promise.all([report(app, exchange), sendSpans(app, [makeTwinSpan({ startMs: at })])]);
    }
    const calls = await storedCalls(app);
    expect(calls).toHaveLength(20);
    for (const call of calls) {
      expect(call).toMatchObject({ feature: "support", usage: { cacheReadInputTokens: 600 } });
    }
  });

  test("while the exchange is under way", async () => {
    const app = await makeApp();
    const exchange = makeExchange();
    const { rawUsage: _rawUsage, durationMs: _durationMs, ...pending } = exchange;
    await report(app, { ...pending, status: "pending" });
    await sendSpans(app, [makeTwinSpan({ attributes: { "gen_ai.response.id": responseId } })]);
    await report(app, exchange);
    expect(await storedCalls(app)).toMatchObject([{ status: "ok", usage: { cacheReadInputTokens: 600 } }]);
  });

  test("of several attempts it is the one that ended as the span did", async () => {
    const app = await makeApp();
    const failed = makeExchange({ status: "error", httpStatus: 429, durationMs: 50, rawUsage: {} });
    const { rawUsage: _rawUsage, ...limited } = failed;
    const answered = makeExchange(
      { startedAt: new Date(startMs + 300).toISOString(), durationMs: 480 },
      null,
    );
    await report(app, limited, answered);
    await sendSpans(app, [makeTwinSpan()]);
    expect(await storedCalls(app)).toMatchObject([
      { status: "error", feature: null },
      { status: "ok", feature: "support" },
    ]);
  });
});

describe("what only looks alike stays apart", () => {
  test.each([
    ["other tokens", makeTwinSpan({ attributes: { "gen_ai.usage.output_tokens": 101 } })],
    ["another model", makeTwinSpan({ attributes: { "gen_ai.request.model": "gpt-4o" } })],
    ["another time", makeTwinSpan({ startMs: startMs - 20_000 })],
    ["another answer", makeTwinSpan({ attributes: { "gen_ai.response.id": "chatcmpl-fedcba9876543210" } })],
  ])("%s", async (_name, span) => {
    for (const calls of await inEitherOrder(makeExchange(), span)) expect(calls).toHaveLength(2);
  });

  test("two exchanges at once and two spans without ids are two calls; a third span is a third", async () => {
    const app = await makeApp();
    await report(app, makeExchange({}, null), makeExchange({}, null));
    await sendSpans(app, [makeTwinSpan(), makeTwinSpan()]);
    expect(await storedCalls(app)).toMatchObject([{ feature: "support" }, { feature: "support" }]);
    await sendSpans(app, [makeTwinSpan()]);
    expect(await storedCalls(app)).toHaveLength(3);
  });
});
