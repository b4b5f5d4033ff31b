const { call, numbers, OUTSIDE, work } = require("./call.cjs");

beforeAll(() => call(OUTSIDE));
afterAll(() => call(OUTSIDE));

describe("chat", () => {
  test("answers", () => work("test:node.jest.cjs > chat > answers"));
  test.concurrent.each(numbers)("at the same time, %i", (n) =>
    work(`test:node.jest.cjs > chat > at the same time, ${n}`),
  );
  test("by a callback", (done) => {
    work("test:node.jest.cjs > chat > by a callback").then(() => done(), done);
  });
  test.failing("fails as it did", async () => {
    await work("test:node.jest.cjs > chat > fails as it did");
    expect(1).toBe(2);
  });
  test.todo("is not there yet");
});
