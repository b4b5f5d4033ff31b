import { symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ensurePackages } from "../../scripts/lib/provision.mjs";
import { builtFile } from "./lib/daemon.ts";
import { runMetered, temporaryFolder } from "./runtimes/meteredHost.ts";

/** Names that a host gave to its own telemetry, beside the code that calls: `ai` and OpenTelemetry are the real ones. */
const sdks = {
  5: ["ai-5", "@ai-sdk-2/openai"],
  6: ["ai-6", "@ai-sdk-3/openai"],
  7: ["ai", "@ai-sdk-4/openai"],
} as const;

const tracing = `
  import { context, propagation } from "@opentelemetry/api";
  import { NodeTracerProvider } from "@opentelemetry/sdk-trace-node";
  new NodeTracerProvider().register();
  const withBaggage = (entries, fn) => context.with(propagation.setBaggage(context.active(), propagation.createBaggage(entries)), fn);
`;

const app = ([core, openai]: readonly [string, string], telemetry: string) => `
  import { generateText, streamText } from "${core}";
  import { createOpenAI } from "${openai}";
  const model = createOpenAI({ baseURL: process.env.OPENAI_BASE_URL }).chat("gpt-4o-mini");
  export async function answerCustomer() {
    const { text } = await generateText({ model, prompt: "How much is the fish?", maxRetries: 0, ${telemetry} });
    return text;
  }
  export async function streamToCustomer() {
    const { textStream } = streamText({ model, prompt: "How much is the fish?", maxRetries: 0, ${telemetry} });
    let text = "";
    for await (const part of textStream) text += part;
    return text;
  }
`;

let place: Awaited<ReturnType<typeof temporaryFolder>>;
const preload = { env: { NODE_OPTIONS: `--require ${JSON.stringify(builtFile("register.cjs"))}` } };

beforeAll(async () => {
  place = await temporaryFolder("telemetry");
  await symlink(
    await ensurePackages(join(import.meta.dirname, "otlp")),
    join(place.folder, "node_modules"),
    "dir",
  );
  await writeFile(join(place.folder, "package.json"), JSON.stringify({ private: true }));
});
afterAll(() => place.remove());

async function reportsOf(name: string, code: string) {
  const file = join(place.folder, `${name}.mjs`);
  await writeFile(file, code);
  const { reports } = await runMetered(
    { command: process.execPath, args: [file], cwd: place.folder },
    preload,
  );
  return reports;
}

describe("what a host tells its own telemetry", () => {
  for (const version of [5, 6] as const) {
    it(`is taken from the spans of ai ${version}`, async () => {
      const telemetry =
        'experimental_telemetry: { isEnabled: true, functionId: "support-reply", metadata: { conversationId: "c-7", company: "ACME", plan: 3 } }';
      const reports = await reportsOf(
        `ai-${version}`,
        `${tracing}${app(sdks[version], telemetry)}
         console.log(await answerCustomer());
         console.log(await streamToCustomer());`,
      );
      expect(reports).toHaveLength(2);
      for (const report of reports) {
        expect(report).toMatchObject({
          feature: "support-reply",
          conversationId: "c-7",
          attributes: { company: "ACME", plan: "3" },
        });
      }
    });
  }

  it("is taken from the channel of ai 7, without OpenTelemetry, and leaves the call site", async () => {
    const reports = await reportsOf(
      "ai-7",
      `${app(sdks[7], 'telemetry: { functionId: "support-reply" }')}
       console.log(await answerCustomer());
       console.log(await streamToCustomer());`,
    );
    expect(reports.map(({ feature }) => feature)).toEqual(["support-reply", "support-reply"]);
    expect(reports[0]?.callSite).toMatchObject({ file: "ai-7.mjs", function: "answerCustomer" });
  });

  it("is taken from baggage, and never in the place of what was said to us", async () => {
    const reports = await reportsOf(
      "baggage",
      `${tracing}
       import OpenAI from "openai";
       import { withAttributes } from ${JSON.stringify(builtFile("shim.mjs"))};
       const openai = new OpenAI({ maxRetries: 0 });
       const ask = () => openai.chat.completions.create({ model: "gpt-4o-mini", messages: [{ role: "user", content: "fish?" }] });
       const entries = { tenant: { value: "acme" }, "sentry-trace_id": { value: "1" }, feature: { value: "theirs" } };
       await withBaggage(entries, ask);
       await withBaggage(entries, () => withAttributes({ feature: "ours", tenant: "mine" }, ask));
       await ask();
       console.log("done");`,
    );
    expect(reports.map(({ feature, attributes }) => ({ feature, attributes }))).toEqual([
      { feature: "theirs", attributes: { tenant: "acme" } },
      { feature: "ours", attributes: { tenant: "mine" } },
      { feature: null, attributes: {} },
    ]);
  });
});
