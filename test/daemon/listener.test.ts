import { request } from "node:http";
import { expect, onTestFinished, test } from "vitest";
import { listen } from "../../daemon/http/listener.ts";
import { makeReport } from "../builders.ts";
import { HOST, makeApp, TOKEN } from "./testApp.ts";

/** One request over a real socket, as `node:http` frames it. */
async function send(
  method: string,
  path: string,
  body?: unknown,
): Promise<{ status?: number; body: string }> {
  const { app } = await makeApp();
  const listener = await listen(app.fetch);
  onTestFinished(() => listener.close(0));
  return new Promise((resolve, reject) => {
    const headers = { host: HOST, authorization: `Bearer ${TOKEN}`, "content-type": "application/json" };
    const outgoing = request(
      { host: "127.0.0.1", port: listener.port, method, path, headers },
      (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (chunk) => {
          text += chunk;
        });
        response.on("end", () => resolve({ ...status(response.statusCode), body: text }));
      },
    );
    outgoing.on("error", reject);
    // Headers that leave before the body make its length unknown: it comes in chunks.
    outgoing.flushHeaders();
    if (body !== undefined) outgoing.write(JSON.stringify(body));
    outgoing.end();
  });
}

const status = (code: number | undefined) => (code === undefined ? {} : { status: code });

test("reports may come in chunks", async () => {
  const report = makeReport();
  const { status, body } = await send("POST", "/v1/calls", [report]);
  expect(status).toBe(200);
  expect(JSON.parse(body)).toMatchObject({ results: [{ callId: report.callId, outcome: "accepted" }] });
});

test("a small body may come in chunks", async () => {
  const answer = await send("PUT", "/v1/budgets", { period: "day", limitUsd: "3" });
  expect(answer.status).toBe(200);
});

test("too much in chunks is refused", async () => {
  expect((await send("PUT", "/v1/budgets", { period: "x".repeat(70_000) })).status).toBe(413);
});

test("what is deleted needs no body", async () => {
  expect(await send("DELETE", "/v1/budgets/day")).toEqual({ status: 200, body: '{"removed":false}' });
});
