// A server over node:http whose requests are served at once and call again when they are answered; then a call of its own.
import { createServer } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { makeCalls } from "./calls.cjs";

const { default: OpenAI } = await import(process.env.SDK_PACKAGE);
const later = [];
const server = createServer(async (_request, response) => {
  await sleep(Math.random() * 20);
  await makeCalls(OpenAI, "served");
  response.setHeader("connection", "close").end("done");
  later.push(sleep(10).then(() => makeCalls(OpenAI, "served")));
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const base = `http://127.0.0.1:${server.address().port}/api`;
await Promise.all(
  Array.from({ length: 12 }, async (_, index) =>
    (await fetch(`${base}/${"abc"[index % 3]}/${index}`)).text(),
  ),
);
await Promise.all(later);
server.close();
await makeCalls(OpenAI, "the script");
