/** An app that makes more calls at once than its pool has connections: `node busyPool.mjs BASE_URL SHIM_API`. */
import { Agent, request, fetch as undiciFetch } from "undici-7";

const [base, api] = process.argv.slice(2);
const { withSource, flush } = await import(api);

const dispatcher = new Agent({ connections: 1 });
const init = {
  method: "POST",
  headers: { "content-type": "application/json" },
  body: JSON.stringify({ model: "gpt-4o-mini", messages: [] }),
  dispatcher,
};
const url = `${base}/plain/v1/chat/completions`;
const ways = {
  "global fetch": async () => (await fetch(url, init)).json(),
  request: async () => (await request(url, init)).body.json(),
  "npm's fetch": async () => (await undiciFetch(url, init)).json(),
};
const answers = await Promise.all(
  Array.from({ length: 5 }, (_, turn) =>
    Object.entries(ways).map(([way, call]) => withSource(`${way} ${turn}`, call)),
  ).flat(),
);
console.log(answers.length, new Set(answers.map(({ id }) => id)).size);
await flush();
