import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readSpool, runNode } from "../shim/lib/hostProcess.ts";
import { builtFile } from "./lib/daemon.ts";
import { lastWords, temporaryFolder } from "./runtimes/meteredHost.ts";
import { type LongBody, startEndlessServer } from "./transparency/endlessServer.ts";

const GB = 1_000_000_000;
/** What the shim may need beyond what the host itself needs. */
const MAX_GROWTH_KIB = 20 * 1024;
const RUNS = 4;

const usage = '"usage":{"prompt_tokens":11,"completion_tokens":7}';
const event = `data: {"id":"chatcmpl-2","choices":[{"delta":{"content":"${"word ".repeat(20)}"}}],"usage":null}\n\n`;
const bodies: Record<string, LongBody & { usage: unknown }> = {
  "a stream of events of 1 GB": {
    type: "text/event-stream",
    head: "",
    repeated: event,
    tail: `data: {"id":"chatcmpl-2","choices":[],${usage}}\n\ndata: [DONE]\n\n`,
    bytes: GB,
    usage: { prompt_tokens: 11, completion_tokens: 7 },
  },
  "one event of 1 GB": {
    type: "text/event-stream",
    head: 'data: {"choices":[{"delta":{"content":"',
    repeated: "x",
    tail: `"}}],${usage}}\n\n`,
    bytes: GB,
    usage: "either",
  },
  "a JSON of 2 GB": {
    type: "application/json",
    head: '{"id":"chatcmpl-1","choices":[{"message":{"content":"',
    repeated: "word ",
    tail: `"}}],${usage}}`,
    bytes: 2 * GB,
    usage: "either",
  },
  "compressed garbage of 1 GB that says it is JSON": {
    type: "application/json",
    head: "\u001f\u008b",
    repeated: '\u0000\u00ff{["\\',
    tail: "",
    bytes: GB,
    usage: undefined,
  },
};

let place: Awaited<ReturnType<typeof temporaryFolder>>;
let server: Awaited<ReturnType<typeof startEndlessServer>>;
let body: LongBody = Object.values(bodies)[0] ?? { type: "", head: "", repeated: "", tail: "", bytes: 0 };
beforeAll(async () => {
  place = await temporaryFolder("long");
  server = await startEndlessServer(() => body);
});
afterAll(async () => {
  server.close();
  await place.remove();
});

interface Drink {
  bytes: number;
  ms: number;
  peakKiB: number;
}

const least = (drinks: readonly Drink[], figure: keyof Drink) =>
  Math.min(...drinks.map((drink) => drink[figure]));
const growthKiB = (plain: readonly Drink[], metered: readonly Drink[]) =>
  least(metered, "peakKiB") - least(plain, "peakKiB");
const mib = (kib: number) => Math.round(kib / 1024);

async function drink(home: string, flags: readonly string[]): Promise<Drink> {
  const run = await runNode({
    args: [
      ...flags,
      join(import.meta.dirname, "transparency", "drinkingHost.mjs"),
      `http://${server.host}/v1/chat/completions`,
    ],
    cwd: place.folder,
    env: { HOME: place.folder, TAXIMETER_HOME: home, TAXIMETER_PROVIDERS: `${server.host}=openai` },
  });
  expect(run).toMatchObject({ code: 0, stderr: "" });
  return JSON.parse(run.stdout);
}

describe("a body that is very long", () => {
  it.each(Object.entries(bodies))(
    "%s: memory does not grow with it, and one call is told of",
    async (name, each) => {
      body = each;
      const home = join(place.folder, name.replaceAll(" ", "-"));
      const plain = [];
      const metered = [];
      // How much garbage lies about at the worst moment is chance: the least of a few runs is what is needed.
      do {
        await rm(home, { recursive: true, force: true });
        plain.push(await drink(home, []));
        metered.push(await drink(home, ["--require", builtFile("register.cjs")]));
      } while (metered.length < RUNS && growthKiB(plain, metered) >= MAX_GROWTH_KIB);
      expect(new Set([...plain, ...metered].map(({ bytes }) => bytes)).size).toBe(1);
      const [ms, meteredMs] = [least(plain, "ms"), least(metered, "ms")];
      console.log(
        `${name}: ${ms} ms without Taximeter, ${meteredMs} ms with it (× ${(meteredMs / ms).toFixed(2)}); ` +
          `memory at most ${mib(least(plain, "peakKiB"))} and ${mib(least(metered, "peakKiB"))} MiB`,
      );
      expect(growthKiB(plain, metered)).toBeLessThan(MAX_GROWTH_KIB);
      const [first, long, ...others] = lastWords(await readSpool(home));
      expect(first).toMatchObject({ status: "ok" });
      expect(others).toEqual([]);
      expect(long).toMatchObject({ status: "ok", httpStatus: 200 });
      if (each.usage !== "either") expect(long?.rawUsage?.["usage"]).toEqual(each.usage);
    },
  );
});
