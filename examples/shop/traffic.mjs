/**
 * Visitors of the shop. `node traffic.mjs http://127.0.0.1:3000 [visits] [everyMs]`
 */
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";

const json = (method, body) => ({
  method,
  headers: { "content-type": "application/json" },
  body: JSON.stringify(body),
});

/** What visitors do, over and over, in this order: each kind of visit at least once in every eight. */
export const visits = [
  ["/api/search?q=something%20for%20the%20rain", {}],
  ["/api/chat", json("POST", { question: "Does the harbour coat keep dry in a real storm?" })],
  ["/api/products/102/describe", json("POST", {})],
  ["/api/suggest?q=warm%20blan", {}],
  [
    "/api/leads",
    json("POST", { name: "M. Okafor", message: "We furnish a small hotel: forty lamps, by March. Can you?" }),
  ],
  ["/api/products/103/translate", json("POST", { language: "Danish" })],
  [
    "/api/chat",
    json("POST", { question: "My boots want a new sole after three winters. How do I send them to you?" }),
  ],
  ["/api/drafts", json("POST", { text: "Dear M. Okafor, forty lamps by March is something we can do." })],
];

/** One visit to the shop at `url`; resolves when the answer is read to its end. Rejects where the shop can't be reached. */
export async function visit(url, index) {
  const [path, init] = visits[index % visits.length];
  const response = await fetch(url + path, init);
  await response.arrayBuffer();
  return { path: path.split("?")[0], status: response.status };
}

/**
 * So many visits, one after the other with a pause between them.
 * @param {{count: number, everyMs: number, signal?: AbortSignal, onVisit?: (visit: {path: string, status: number}) => void}} options
 */
export async function drive(url, { count, everyMs, signal, onVisit }) {
  for (let index = 0; index < count && !signal?.aborted; index += 1) {
    const seen = await visit(url, index);
    onVisit?.(seen);
    await sleep(everyMs, undefined, { signal }).catch(() => {});
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [url, count = "8", everyMs = "250"] = process.argv.slice(2);
  if (url === undefined) {
    console.error("usage: node traffic.mjs URL [visits] [everyMs]");
    process.exit(2);
  }
  await drive(url, {
    count: Number(count),
    everyMs: Number(everyMs),
    onVisit: ({ path, status }) => console.log(`${status} ${path}`),
  });
}
