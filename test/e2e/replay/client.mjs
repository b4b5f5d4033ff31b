/**
 * An app as a developer might have it: fetches one address after another and reads the answers, each in its own way.
 * `node --import …/register.mjs client.mjs PLAN`. Prints a line for each answer as it got it, for comparison.
 */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";

const [planFile] = process.argv.slice(2);
const { shim, lanes } = JSON.parse(await readFile(planFile, "utf8"));
const { withAttributes, flush } = await import(pathToFileURL(shim).href);

const readers = {
  json: async (response) => ["json", JSON.stringify(await response.json())],
  text: async (response) => ["text", await response.text()],
  arrayBuffer: async (response) => ["text", Buffer.from(await response.arrayBuffer()).toString()],
  iterate: async (response) => {
    const decoder = new TextDecoder();
    let text = "";
    for await (const piece of response.body) text += decoder.decode(piece, { stream: true });
    return ["text", text + decoder.decode()];
  },
  getReader: async (response) => {
    const decoder = new TextDecoder();
    const reader = response.body.getReader();
    let text = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return ["text", text + decoder.decode()];
      text += decoder.decode(value, { stream: true });
    }
  },
};

await Promise.all(
  lanes.map(async (steps) => {
    for (const { label, url, method, headers, body, read } of steps) {
      await withAttributes({ exchange: label }, async () => {
        const response = await fetch(url, { method, headers, ...(body === null ? {} : { body }) });
        const [kind, text] = await readers[read](response);
        const digest = createHash("sha256").update(text).digest("hex");
        console.log(JSON.stringify({ label, status: response.status, kind, digest }));
      });
    }
  }),
);
await flush();
