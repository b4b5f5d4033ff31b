import { describe, expect, it } from "vitest";
import { createAttempts } from "../../shim/meter/attempts.ts";

const scope = {};
const key = (over: Partial<Parameters<ReturnType<typeof createAttempts>["place"]>[0]> = {}) => ({
  request: "chat abc",
  scope,
  sdkRetryCount: null,
  atMs: 0,
  ...over,
});

describe("attempts of one call", () => {
  it("are tied by the SDK's own count", () => {
    const attempts = createAttempts();
    const first = attempts.place(key({ sdkRetryCount: 0 }), "one");
    expect(first).toEqual({ operationId: "one", attempt: 1 });
    attempts.failed(key({ sdkRetryCount: 0 }), first, 10);
    const second = attempts.place(key({ sdkRetryCount: 1, atMs: 60_000 }), "two");
    expect(second).toEqual({ operationId: "one", attempt: 2 });
    attempts.failed(key({ sdkRetryCount: 1 }), second, 60_010);
    expect(attempts.place(key({ sdkRetryCount: 2, atMs: 61_000 }), "three")).toEqual({
      operationId: "one",
      attempt: 3,
    });
  });

  it("do not count what was not let out, though the SDK does", () => {
    const attempts = createAttempts();
    const first = attempts.place(key({ sdkRetryCount: 0 }), "one");
    attempts.refused(key({ sdkRetryCount: 0 }), first, 10);
    const second = attempts.place(key({ sdkRetryCount: 1, atMs: 500 }), "two");
    expect(second).toEqual({ operationId: "one", attempt: 1 });
    attempts.failed(key({ sdkRetryCount: 1 }), second, 600);
    const third = attempts.place(key({ sdkRetryCount: 2, atMs: 1_000 }), "three");
    expect(third).toEqual({ operationId: "one", attempt: 2 });
    attempts.refused(key(), { operationId: "four", attempt: 1 }, 2_000);
    expect(attempts.place(key({ atMs: 2_100 }), "five")).toEqual({ operationId: "four", attempt: 1 });
  });

  it("are tied without it where the same request follows a failure", () => {
    const attempts = createAttempts();
    attempts.failed(key(), { operationId: "one", attempt: 1 }, 10);
    expect(attempts.place(key({ atMs: 20_000 }), "two")).toEqual({ operationId: "one", attempt: 2 });
    expect(attempts.place(key({ atMs: 20_000 }), "three")).toEqual({ operationId: "three", attempt: 1 });
  });

  it("are tied where a framework repeats them, whose SDK says that each is its first", () => {
    const attempts = createAttempts();
    const zero = key({ sdkRetryCount: 0, caller: {} });
    attempts.failed(zero, attempts.place(zero, "one"), 10);
    const elsewhere = key({ sdkRetryCount: 0, caller: {}, atMs: 20 });
    expect(attempts.place(elsewhere, "other")).toEqual({ operationId: "other", attempt: 1 });
    expect(attempts.place({ ...zero, atMs: 30 }, "two")).toEqual({ operationId: "one", attempt: 2 });
  });

  it.each([
    ["another request", { request: "chat def" }],
    ["another scope", { scope: {} }],
    ["much later", { atMs: 40_000 }],
    ["a first attempt, as the SDK says", { sdkRetryCount: 0 }],
    ["a body that is not known", { request: null }],
  ])("are not tied: %s", (_, over) => {
    const attempts = createAttempts();
    attempts.failed(key(), { operationId: "one", attempt: 1 }, 10);
    expect(attempts.place(key({ atMs: 100, ...over }), "two")).toEqual({ operationId: "two", attempt: 1 });
  });

  it("keep two of the same kind apart that run at once", () => {
    const attempts = createAttempts();
    const zero = key({ sdkRetryCount: 0 });
    attempts.failed(zero, attempts.place(zero, "a"), 10);
    attempts.failed(zero, attempts.place(zero, "b"), 11);
    const again = key({ sdkRetryCount: 1, atMs: 20 });
    const tied = [attempts.place(again, "c"), attempts.place(again, "d")].map(
      ({ operationId }) => operationId,
    );
    expect(tied.toSorted()).toEqual(["a", "b"]);
  });
});
