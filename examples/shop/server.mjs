/**
 * The shop: a small HTTP server on plain `node:http`. Prints one line when it listens; PORT=0 takes any free port.
 *
 *   GET  /api/search?q=…            products that fit
 *   GET  /api/suggest?q=…           completes what is typed
 *   POST /api/chat                  {question}; the answer streams as text
 *   POST /api/products/:id/describe a description
 *   POST /api/products/:id/translate {language}; streams as text
 *   POST /api/leads                 {message}; enriched by a background job
 *   POST /api/drafts                {text}; sent by the outbox soon after
 */
import { createServer } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { chat, describe, enrichLead, search, sendDraft, suggest, translate } from "./assistant.mjs";
import { productById } from "./catalogue.mjs";

const routes = [
  ["GET", /^\/api\/search$/, ({ query }) => search(query.get("q") ?? "")],
  ["GET", /^\/api\/suggest$/, async ({ query }) => ({ completed: await suggest(query.get("q") ?? "") })],
  ["POST", /^\/api\/chat$/, ({ body }) => chat(body.question)],
  [
    "POST",
    /^\/api\/products\/(\d+)\/describe$/,
    async ({ product }) => ({ description: await describe(product) }),
  ],
  [
    "POST",
    /^\/api\/products\/(\d+)\/translate$/,
    ({ product, body }) => translate(product, body.language ?? "Danish"),
  ],
  ["POST", /^\/api\/leads$/, ({ body }) => accept(enrichLead(body))],
  ["POST", /^\/api\/drafts$/, ({ body }) => ({ waiting: outbox.push(body) })],
];

/** The background job goes on after its request is answered. */
function accept(job) {
  job.catch((error) => console.error(`lead not enriched: ${error.message}`));
  return { accepted: true };
}

/** Drafts are not sent by the request that wrote them, but by the office's own clock. */
const outbox = [];
setInterval(() => {
  const draft = outbox.shift();
  if (draft) sendDraft(draft).catch((error) => console.error(`draft not sent: ${error.message}`));
}, 200).unref();

async function answer(request, response) {
  const url = new URL(request.url, "http://shop");
  for (const [method, pattern, handle] of routes) {
    const match = request.method === method && pattern.exec(url.pathname);
    if (!match) continue;
    const product = match[1] === undefined ? undefined : productById(match[1]);
    if (match[1] !== undefined && product === undefined)
      return send(response, 404, { error: "no such product" });
    const result = await handle({ query: url.searchParams, body: await readJson(request), product });
    if (typeof result[Symbol.asyncIterator] === "function") {
      response.writeHead(200, { "content-type": "text/plain; charset=utf-8" });
      return pipeline(Readable.from(result), response);
    }
    return send(response, 200, result);
  }
  return send(response, 404, { error: "no such page" });
}

function send(response, status, document) {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(document));
}

async function readJson(request) {
  const chunks = await request.toArray();
  return chunks.length === 0 ? {} : JSON.parse(Buffer.concat(chunks).toString("utf8"));
}

const server = createServer((request, response) => {
  answer(request, response).catch((error) => {
    if (response.headersSent) response.destroy();
    else send(response, error instanceof SyntaxError ? 400 : 502, { error: error.message });
  });
});

server.listen(Number(process.env.PORT ?? 0), "127.0.0.1", () => {
  console.log(`shop listens on http://127.0.0.1:${server.address().port}`);
});
