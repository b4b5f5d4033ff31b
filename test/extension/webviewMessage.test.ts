import { describe, expect, test } from "vitest";
import { parseWebviewMessage } from "../../extension/dashboard/webviewMessage.ts";
import { webviewRoutes } from "../../shared/messages.ts";

describe("messages of the dashboard", () => {
  test.each([
    { type: "ready" },
    { type: "restartDaemon" },
    { type: "runDoctor" },
    { type: "resumeMetering" },
    { type: "watch", query: { from: "today", filters: { model: ["a"], "label:tenant": [""] } } },
    { type: "openCallSite", workspace: null, file: "src/chat.ts", line: 12 },
    { type: "openCallSite", workspace: "/home/dev/shop", file: "src/chat.ts", line: 1 },
  ])("$type", (message) => {
    expect(parseWebviewMessage(message)).toEqual(message);
  });

  test.each(webviewRoutes)("a request for %s", (route) => {
    const message = { type: "request", requestId: 1, route, request: { query: { from: "today" } } };
    expect(parseWebviewMessage(message)).toMatchObject(message);
  });
});

describe("anything else is ignored", () => {
  const request = { type: "request", requestId: 1, route: "spend", request: {} };
  test.each([
    ["nothing", undefined],
    ["text", "ready"],
    ["a list", [{ type: "ready" }]],
    ["an unknown type", { type: "eval", code: "1" }],
    ["an inherited type", { type: "__proto__" }],
    ["a route for other clients", { ...request, route: "shutdown" }],
    ["a route by a prototype's name", { ...request, route: "constructor" }],
    ["the token's browser", { ...request, route: "inviteBrowser" }],
    ["pausing", { ...request, route: "setRecording" }],
    ["a request without its id", { ...request, requestId: undefined }],
    ["an id that is no number", { ...request, requestId: "1" }],
    ["a request that is a list", { ...request, request: [] }],
    ["a request with more in it", { ...request, request: { path: "/v1/shutdown" } }],
    ["a body that is text", { ...request, request: { body: "x" } }],
    ["an id that is no text", { ...request, route: "removeBudget", request: { id: { toString: "x" } } }],
    ["a watch of an unknown dimension", { type: "watch", query: { filters: { "1=1;--": ["x"] } } }],
    ["a watch with a value that is no text", { type: "watch", query: { filters: { model: [1] } } }],
    ["a watch of endless text", { type: "watch", query: { from: "x".repeat(5000) } }],
    ["a call site without a line", { type: "openCallSite", workspace: null, file: "a.ts" }],
    ["line 0", { type: "openCallSite", workspace: null, file: "a.ts", line: 0 }],
    ["a fraction of a line", { type: "openCallSite", workspace: null, file: "a.ts", line: 1.5 }],
  ])("%s", (_, message) => {
    expect(parseWebviewMessage(message)).toBe(null);
  });
});
