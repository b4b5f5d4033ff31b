import { describe, expect, it } from "vitest";
import { joinNewest, joinOlder } from "../../webview/model/callPages.ts";
import { callDetail, callRow, callSiteWords, feedLine } from "../../webview/model/callView.ts";
import { createFormats } from "../../webview/model/formats.ts";
import { makeCall } from "./sampleCalls.ts";

const formats = createFormats("en-US", "UTC");
const today = Date.parse("2026-11-20T20:00:00Z");

describe("a call in a row", () => {
  it("tells tokens that were not reported from none", () => {
    expect(callRow(makeCall({ usage: {} }), formats, today)).toMatchObject({
      tokens: "–",
      tokensHint: "No tokens reported",
    });
    expect(callRow(makeCall({ usage: { inputTokens: 1_000 } }), formats, today)).toMatchObject({
      tokens: "1,000",
      tokensHint: "1,000 in, out not reported",
    });
  });

  it("says what went wrong, and which attempt it was", () => {
    const call = makeCall({ status: "error", httpStatus: 429, errorType: "rate_limit_exceeded", attempt: 2 });
    expect(callRow(call, formats, today)).toMatchObject({
      status: "error, attempt 2",
      statusNote: "429 rate_limit_exceeded",
      failed: true,
    });
    expect(feedLine(call, formats).what).toBe("/api/chat · gpt-5-mini · 429 rate_limit_exceeded · attempt 2");
  });

  it("leaves today's date out", () => {
    expect(callRow(makeCall(), formats, today).time).toBe("10:00:00");
    expect(callRow(makeCall({ startedAt: "2026-11-19T10:00:00Z" }), formats, today).time).toBe(
      "Nov 19, 10:00:00",
    );
  });
});

describe("a call in detail", () => {
  it("has every bucket that was reported, parts under their sum", () => {
    const call = makeCall({
      usage: {
        outputTokens: 300,
        reasoningOutputTokens: 120,
        inputTokens: 900,
        cacheReadInputTokens: 400,
        webSearches: 2,
      },
    });
    const usage = callDetail(call, formats).find((group) => group.title === "Usage");
    expect(usage?.lines.map((line) => [line.name, line.value])).toEqual([
      ["inputTokens", "900"],
      ["cacheReadInputTokens", "400"],
      ["outputTokens", "300"],
      ["reasoningOutputTokens", "120"],
      ["webSearches", "2"],
    ]);
  });

  it("says of the expected sums that they were not reported", () => {
    const usage = callDetail(makeCall({ usage: {} }), formats).find((group) => group.title === "Usage");
    expect(usage?.lines.map((line) => line.value)).toEqual(["not reported", "not reported"]);
  });

  it("names the place in the code", () => {
    const callSite = { file: "src/chat.ts", line: 42, function: "answer" };
    expect(callSiteWords(makeCall({ callSite }))).toBe("src/chat.ts:42 in answer");
    expect(callSiteWords(makeCall())).toBeNull();
  });
});

describe("pages of calls", () => {
  const [a, b, c, d, e] = ["a", "b", "c", "d", "e"].map((callId) => makeCall({ callId }));
  const list = (...calls: (typeof a)[]) => calls.filter((call) => call !== undefined);
  const ids = (loaded: { calls: { callId: string }[] }) => loaded.calls.map((call) => call.callId).join("");

  it("join new calls to those read before", () => {
    const joined = joinNewest(
      { calls: list(c, d, e), cursor: "after e" },
      { calls: list(a, b, c), nextCursor: "after c" },
    );
    expect([ids(joined), joined.cursor]).toEqual(["abcde", "after e"]);
  });

  it("start anew where calls in between were never read", () => {
    const joined = joinNewest(
      { calls: list(d, e), cursor: "after e" },
      { calls: list(a, b), nextCursor: "after b" },
    );
    expect([ids(joined), joined.cursor]).toEqual(["ab", "after b"]);
  });

  it("read on without doubling any", () => {
    const joined = joinOlder(
      { calls: list(a, b), cursor: "after b" },
      { calls: list(b, c), nextCursor: null },
    );
    expect([ids(joined), joined.cursor]).toEqual(["abc", null]);
  });
});
