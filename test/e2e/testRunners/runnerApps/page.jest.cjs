/** @jest-environment jsdom */
const { work } = require("./call.cjs");

test("in a page", async () => {
  expect(document.body).toBeDefined();
  await work("test:page.jest.cjs > in a page");
});
