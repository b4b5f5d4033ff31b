import { readFileSync } from "node:fs";
import { connect as connectSocket, type Socket } from "node:net";
import { networkInterfaces } from "node:os";
import { expect, onTestFinished, test } from "vitest";
import { listen } from "../../daemon/http/listener.ts";
import { makeReport } from "../builders.ts";
import { HOST, makeApp, PORT, type SendOptions, TOKEN } from "./testApp.ts";

interface Attempt extends SendOptions {
  name: string;
  method?: string;
  path?: string;
  status: number;
}

const deep = `${"[".repeat(10_000)}${"]".repeat(10_000)}`;

const attempts: Attempt[] = [
  { name: "another host", headers: { host: "evil.com" }, status: 403 },
  { name: "a name that resolves to us", headers: { host: `127.0.0.1.nip.io:${PORT}` }, status: 403 },
  { name: "another port", headers: { host: "127.0.0.1:1" }, status: 403 },
  { name: "no port", headers: { host: "127.0.0.1" }, status: 403 },
  { name: "no host", headers: { host: null }, status: 400 },
  { name: "two hosts", headers: { host: `${HOST}, evil.com` }, status: 400 },
  {
    name: "another host is refused health, too",
    path: "/v1/health",
    headers: { host: "evil.com" },
    status: 403,
  },
  { name: "another origin", headers: { origin: "https://evil.com" }, status: 403 },
  { name: "an origin without a name", headers: { origin: "null" }, status: 403 },
  { name: "another origin of this machine", headers: { origin: "http://localhost:3000" }, status: 403 },
  { name: "a preflight", method: "OPTIONS", headers: { origin: "https://evil.com" }, status: 403 },
  { name: "a preflight without origin", method: "OPTIONS", status: 403 },
  { name: "no token", headers: { authorization: null }, status: 401 },
  { name: "an empty token", headers: { authorization: "Bearer " }, status: 401 },
  { name: "a token of another length", headers: { authorization: "Bearer abc" }, status: 401 },
  { name: "a token beyond ASCII", headers: { authorization: "Bearer \u00e4\u00f6" }, status: 401 },
  { name: "another scheme", headers: { authorization: `Basic ${TOKEN}` }, status: 401 },
  {
    name: "the token in the query",
    path: `/v1/spend?token=${TOKEN}`,
    headers: { authorization: null },
    status: 401,
  },
  {
    name: "the document needs the token",
    path: "/openapi.json",
    headers: { authorization: null },
    status: 401,
  },
  { name: "plain text", method: "POST", path: "/v1/calls", body: "[]", type: "text/plain", status: 415 },
  {
    name: "a form",
    method: "POST",
    path: "/v1/shutdown",
    body: "reason=x",
    type: "application/x-www-form-urlencoded",
    status: 415,
  },
  { name: "no content type", method: "POST", path: "/v1/calls", body: "[]", type: null, status: 415 },
  { name: "GET on a mutator", method: "GET", path: "/v1/shutdown", status: 405 },
  { name: "DELETE where there is none", method: "DELETE", path: "/v1/calls", status: 405 },
  {
    name: "the live stream without a token",
    path: "/v1/live",
    headers: { authorization: null },
    status: 401,
  },
  {
    name: "a body that says it has 100 MB",
    method: "POST",
    path: "/v1/calls",
    body: "[]",
    headers: { "content-length": "100000000" },
    status: 413,
  },
  {
    name: "a body that has 17 MB",
    method: "POST",
    path: "/v1/calls",
    body: `"${"x".repeat(17_000_000)}"`,
    headers: { "content-length": "17000002" },
    status: 413,
  },
  { name: "nested ten thousand deep", method: "POST", path: "/v1/calls", body: deep, status: 400 },
  {
    name: "deep in one report",
    method: "POST",
    path: "/v1/calls",
    body: `[{"callId":"x","rawUsage":${deep}}]`,
    status: 400,
  },
  { name: "deep in a budget", method: "PUT", path: "/v1/budgets", body: deep, status: 400 },
  { name: "no JSON", method: "POST", path: "/v1/calls", body: "{", status: 400 },
  { name: "no JSON for a budget", method: "PUT", path: "/v1/budgets", body: "{", status: 400 },
  { name: "an injected dimension", path: "/v1/spend?groupBy=source;DROP TABLE calls", status: 400 },
  { name: "an injected filter", path: "/v1/spend?source'--=x", status: 400 },
  { name: "an injected order", path: "/v1/calls?order=asc;--", status: 400 },
  { name: "a member of every object", path: "/v1/spend?groupBy=constructor", status: 400 },
  { name: "a parameter that every object has", path: "/v1/spend?constructor=x", status: 400 },
  { name: "an invented cursor", path: "/v1/calls?cursor=x", status: 400 },
  { name: "up a folder", path: "/../package.json", status: 404 },
  { name: "up a folder, encoded", path: "/%2e%2e/package.json", status: 404 },
  { name: "up a folder, with backslashes", path: "/..%5cpackage.json", status: 404 },
  { name: "a NUL", path: "/dashboard.js%00", status: 404 },
  { name: "a path that is none", path: "/v1/nothing", status: 404 },
  { name: "a time zone that is none", path: "/v1/spend?timeZone=Mars/Olympus", status: 400 },
  { name: "a parameter given twice", path: "/v1/spend?from=today&from=all", status: 400 },
  { name: "a limit that is no number", path: "/v1/calls?limit=1e3", status: 400 },
  { name: "a limit out of bounds", path: "/v1/calls?limit=100000", status: 400 },
  { name: "the dashboard without a session", path: "/", status: 401 },
  { name: "the dashboard with an invented code", path: "/?code=abc", status: 401 },
  { name: "the dashboard's script without a session", path: "/dashboard.js", status: 401 },
];

test("every attempt is refused as it should be, and nothing of it counts as activity", async () => {
  const { send, touched } = await makeApp();
  for (const { name, method = "GET", path = "/v1/spend", status, ...options } of attempts) {
    const before = touched();
    const response = await send(method, path, options);
    const text = await response.text();
    expect.soft(response.status, `${name}: ${text}`).toBe(status);
    const headers = [...response.headers.keys()];
    expect
      .soft(
        headers.filter((header) => header.startsWith("access-control")),
        name,
      )
      .toEqual([]);
    expect.soft(text, name).not.toContain(TOKEN);
    if (status === 401 || status === 403) expect.soft(touched(), name).toBe(before);
  }
});

test("what is refused says what is wrong, and names the field", async () => {
  const { json } = await makeApp();
  expect(await json("GET", "/v1/spend?groupBy=colour", { status: 400 })).toMatchObject({ field: "groupBy" });
  expect(await json("GET", "/v1/spend?colour=red", { status: 400 })).toMatchObject({ field: "colour" });
  const budget = { period: "day", limitUsd: "-5" };
  expect(await json("PUT", "/v1/budgets", { body: budget, status: 400 })).toEqual({
    field: "limitUsd",
    error: "limitUsd must be US dollars above 0, like 5 or 0.50.",
  });
});

test("health says nothing but name, protocol and proof, and needs no token", async () => {
  const { json } = await makeApp();
  const health = await json("GET", "/v1/health?challenge=abc", { headers: { authorization: null } });
  expect(Object.keys(health).sort()).toEqual(["name", "proof", "protocol"]);
  expect(health.proof).toMatch(/^[0-9a-f]{64}$/);
});

test("21, 24: text is stored as text", async () => {
  const { json } = await makeApp();
  const requestModel = "'; DROP TABLE calls; -- <img src=x onerror=alert(1)>";
  await json("POST", "/v1/calls", { body: [makeReport({ requestModel })] });
  const page = await json("GET", `/v1/calls?model=${encodeURIComponent(requestModel)}`);
  expect(page.calls[0].requestModel).toBe(requestModel);
});

async function realListener(requestTimeoutMs: number) {
  const { app } = await makeApp();
  const listener = await listen(app.fetch, { requestTimeoutMs });
  onTestFinished(() => listener.close(0));
  return listener;
}

function open(port: number, host = "127.0.0.1"): Socket {
  const socket = connectSocket({ port, host });
  onTestFinished(() => void socket.destroy());
  return socket;
}

async function everything(socket: Socket): Promise<string> {
  let text = "";
  for await (const chunk of socket) text += chunk;
  return text;
}

test("two Host headers on one request are refused", async () => {
  const { port } = await realListener(5_000);
  const socket = open(port);
  socket.write(`GET /v1/health HTTP/1.1\r\nHost: ${HOST}\r\nHost: evil.com\r\nConnection: close\r\n\r\n`);
  expect(await everything(socket)).toMatch(/^HTTP\/1\.1 400 /);
});

test("no other interface is listened on", async () => {
  const { port } = await realListener(5_000);
  const others = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ family, internal }) => family === "IPv4" && !internal);
  for (const { address } of [...others, { address: "127.0.0.2" }]) {
    const refusal = await everything(open(port, address)).catch((error) => error.code);
    expect(refusal, address).toBe("ECONNREFUSED");
  }
});

test("a body that never says its length is cut off at its limit", async () => {
  const { port } = await realListener(20_000);
  const head = `Host: ${HOST}\r\nAuthorization: Bearer ${TOKEN}\r\nContent-Type: application/json\r\n`;
  const socket = open(port);
  socket.on("error", () => {});
  socket.write(`POST /v1/calls HTTP/1.1\r\n${head}Transfer-Encoding: chunked\r\n\r\n`);
  const chunk = `100000\r\n${" ".repeat(0x100000)}\r\n`;
  let answer = "";
  socket.on("data", (text) => {
    answer += text;
  });
  for (let sent = 0; sent < 100 && answer === "" && !socket.destroyed; sent += 1) {
    await new Promise((resolve) => socket.write(chunk, resolve));
  }
  expect(answer).toMatch(/^HTTP\/1\.1 413 /);
});

test("a sender that takes its time is cut off", async () => {
  const { port } = await realListener(300);
  const socket = open(port);
  const head = `Host: ${HOST}\r\nAuthorization: Bearer ${TOKEN}\r\nContent-Type: application/json\r\n`;
  socket.write(`POST /v1/calls HTTP/1.1\r\n${head}Content-Length: 1000\r\n\r\n[`);
  expect(await everything(socket)).toMatch(/^HTTP\/1\.1 408 /);
});

test("39, 40: a team's token is in no answer, no log and no file, and an address that holds one is refused", async () => {
  const { json, send, logged, store } = await makeApp();
  const token = "eyJhbGciOiJFZERTQSJ9.c2VjcmV0.c2VjcmV0";
  const attempts = [
    { url: "http://127.0.0.1:9", token },
    { url: `libsql://team.example?authToken=${token}`, token },
    { url: `https://ada:${token}@team.example` },
    { url: "http://127.0.0.1:9", token: `${token}\n` },
  ];
  const said: string[] = [];
  for (const body of attempts) {
    const response = await send("PUT", "/v1/team", { body });
    expect(response.ok).toBe(false);
    said.push(await response.text());
  }
  said.push(JSON.stringify(await json("GET", "/v1/team")), JSON.stringify(await json("GET", "/v1/status")));
  expect(JSON.stringify([said, logged])).not.toContain("c2VjcmV0");
  expect(readFileSync(store.file).includes("c2VjcmV0")).toBe(false);
});

test.each([
  ["GET", "/v1/spend?by=model", undefined, "by is no parameter of this route."],
  ["GET", "/v1/team/spend?by=model", undefined, "by is no parameter of this route."],
  ["GET", "/v1/team/preview?by=model", undefined, "by is no parameter of this route."],
  ["DELETE", "/v1/team?eraze=true", undefined, "eraze is no parameter of this route."],
  ["PUT", "/v1/prices", { provider: "x", model: "y", inputUsd: 3 }, "inputUsd is no field of this route."],
])("what %s %s does not know is refused by its name", async (method, path, body, error) => {
  const { json } = await makeApp();
  expect(await json(method, path, { status: 400, body })).toEqual({ error, field: error.split(" ", 1)[0] });
});
