/**
 * An app as a developer might have it: asks one address after another with one HTTP client and reads the answers, each in
 * another way. `node --import …/register.mjs client.mjs PLAN`. Prints a line for each answer as it got it, for comparison.
 */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import { clients } from "./clients.mjs";

const [planFile] = process.argv.slice(2);
const { shim, client, lanes } = JSON.parse(await readFile(planFile, "utf8"));
const { withAttributes, flush } = await import(pathToFileURL(shim).href);
const ask = await clients[client]();

async function perform({ label, ...step }) {
  try {
    const { status, read } = await ask(step);
    const [kind, text] = read;
    return { label, status, kind, digest: createHash("sha256").update(text).digest("hex") };
  } catch (error) {
    return { label, error: `${error?.message} ${error?.cause ?? ""}` };
  }
}

await Promise.all(
  lanes.map(async (steps) => {
    for (const step of steps) {
      await withAttributes({ exchange: step.label }, async () => {
        console.log(JSON.stringify(await perform(step)));
      });
    }
  }),
);
await flush();
// What keeps connections open has done its work.
process.exit();
