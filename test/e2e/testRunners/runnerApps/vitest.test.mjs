import { createServer } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { call, numbers, OUTSIDE, work } from "./call.cjs";

const { withJob } = await import(process.env.TAXIMETER_API);

beforeAll(() => call(OUTSIDE));
afterAll(() => call(OUTSIDE));

describe("chat", () => {
  it("answers", () => work("test:vitest.test.mjs > chat > answers"));
  it.concurrent.each(numbers)("at the same time, %i", (n) =>
    work(`test:vitest.test.mjs > chat > at the same time, ${n}`),
  );
  describe("a job", () => {
    it("is a job", () => withJob("SEND", () => work("background_job:SEND")));
  });
  it("serves a route", async () => {
    const server = createServer((_, response) => work("/chat/:id").then(() => response.end()));
    await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
    await (await fetch(`http://127.0.0.1:${server.address().port}/chat/42`)).text();
    await call("test:vitest.test.mjs > chat > serves a route");
    server.close();
    server.closeAllConnections();
  });
  it.fails("fails as it did", async () => {
    await work("test:vitest.test.mjs > chat > fails as it did");
    expect(1).toBe(2);
  });
});
