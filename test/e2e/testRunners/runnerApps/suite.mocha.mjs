import { call, OUTSIDE, work } from "./call.cjs";

before(() => call(OUTSIDE));
after(() => call(OUTSIDE));
afterEach(() => call(OUTSIDE));

describe("chat", () => {
  it("answers", () => work("test:suite.mocha.mjs > chat > answers"));
  describe("and then", () => {
    it("answers again", () => work("test:suite.mocha.mjs > chat > and then > answers again"));
  });
  it("by a callback", (done) => {
    work("test:suite.mocha.mjs > chat > by a callback").then(() => done(), done);
  });
});
