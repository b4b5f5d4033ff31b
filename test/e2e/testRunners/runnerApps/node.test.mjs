import { after, before, describe, it, test } from "node:test";
import { call, numbers, OUTSIDE, work } from "./call.cjs";

before(() => call(OUTSIDE));
after(() => call(OUTSIDE));

test("chat", async (context) => {
  await work("test:node.test.mjs > chat");
  await context.test("answers", () => work("test:node.test.mjs > chat > answers"));
  await work("test:node.test.mjs > chat");
});
describe("at the same time", { concurrency: true }, () => {
  for (const n of numbers) it(`the ${n}th`, () => work(`test:node.test.mjs > at the same time > the ${n}th`));
});
test("by a callback", (_, done) => {
  work("test:node.test.mjs > by a callback").then(() => done(), done);
});
