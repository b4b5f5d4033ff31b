import { expect, it } from "vitest";
import { readReport } from "../../daemon/ingest/reportSchema.ts";
import { beforeEachHost, type HostPlace } from "./lib/hostPlace.ts";
import { readSpool, runHost } from "./lib/hostProcess.ts";

let place: HostPlace;
beforeEachHost((made) => {
  place = made;
});

/** Runs code that has the API as `t`, with the shim and without: the host must not see a difference. */
async function runBoth(code: string, own: Record<string, string> = {}) {
  const { folder, home, shim } = place;
  const host = (env: Record<string, string>) =>
    runHost(folder, {
      code: `import * as t from ${JSON.stringify(shim.apiMjs)};\n${code}\nawait t.flush();`,
      flags: ["--require", shim.registerCjs],
      env: { TAXIMETER_HOME: home, ...own, ...env },
    });
  const without = await host({ TAXIMETER: "off" });
  const with_ = await host({});
  expect(with_).toEqual(without);
  expect(with_).toMatchObject({ stderr: "", code: 0 });
  return { stdout: with_.stdout, reports: await readSpool(home) };
}

it("what is no name or no description of a call does not reach into the host", async () => {
  const { stdout, reports } = await runBoth(`
    const odd = [undefined, null, 5, 5n, {}, [], "", " \\n", Symbol("s"), () => {}, new Proxy({}, { ownKeys() { throw new Error("mine"); }, get() { throw new Error("mine"); } })];
    let ran = 0;
    for (const value of odd) {
      ran += t.withSource(value, () => 1) + t.withJob(value, () => 1) + t.withAction(value, () => 1);
      ran += t.withAttributes(value, () => 1) + t.withSource("s", () => 1, null);
      for (const end of ["complete", "fail"]) {
        t.startCall(value)[end](value);
        t.startCall({ provider: "native", source: value, feature: value, attributes: value, operation: value })[end](value);
        t.startCall({ provider: value, model: value, retryCount: value, requestBytes: value, stream: value }).complete({ usage: value, httpStatus: value, costUsd: value, retryCount: value });
      }
      ran += t.metered(value, () => 1)() + (await t.metered(value, async () => 1)());
    }
    console.log(ran === odd.length * 7);
  `);
  expect(stdout).toBe("true\n");
  expect(reports.length).toBeGreaterThan(40);
  for (const report of reports) expect(readReport(report)).toMatchObject({ unknownFields: [] });
});

it("of odd amounts what can be meant is kept, and the call with it", async () => {
  const { reports } = await runBoth(`
    const tell = (result, params) => t.startCall({ provider: "native", model: "m", ...params }).complete(result);
    tell({ usage: { inputTokens: 7n, outputTokens: "8", seconds: 1.5, credits: NaN, pages: -1, images: Infinity, characters: 2.4, tokens: 9 } });
    tell({ costUsd: 0.25, retryCount: 1.2, httpStatus: 42 }, { operation: "translate", requestBytes: -1 });
    tell({ costUsd: "much", usage: [] });
    const cyclic = { requests: 1 };
    cyclic.self = cyclic;
    tell({ usage: cyclic });
  `);
  const none = {
    retryCount: 0,
    httpStatus: null,
    operation: "other",
    requestBytes: null,
  };
  expect(reports).toMatchObject([
    { ...none, usage: { inputTokens: 7, outputTokens: 8, seconds: 1.5, characters: 2 } },
    { ...none, usage: {}, costUsd: "0.250000000", retryCount: 1 },
    { ...none, usage: {} },
    { ...none, usage: { requests: 1 } },
  ]);
  expect(reports.map((report) => "costUsd" in report)).toEqual([false, true, false, false]);
  expect(Object.keys(reports[0]?.usage ?? {})).toHaveLength(4);
  for (const report of reports) expect(readReport(report)).toMatchObject({ unknownFields: [] });
});

it("names are the same lines in the process as in the reports", async () => {
  const { reports } = await runBoth(`
    t.withSource(" two\\nlines\\u202e ", () => t.withAttributes({ lead: 12n, feature: "a\\tb" }, () => t.startCall({ provider: "native" }).complete()));
    t.withSource("outer", () => t.withSource("", () => t.startCall({ provider: "native" }).complete()));
  `);
  expect(reports).toMatchObject([
    { source: "two lines", feature: "a b", attributes: { lead: "12" } },
    { source: "outer" },
  ]);
});

it("a source of the whole process that names none leaves the script", async () => {
  const { reports } = await runBoth(`t.startCall({ provider: "native" }).complete();`, {
    TAXIMETER_SOURCE: " ",
  });
  expect(reports).toMatchObject([{ source: "script:host.mjs", sourceKind: "script" }]);
});

it("what looks like a promise is given back as it is", async () => {
  const { stdout } = await runBoth(`
    const like = { then() {} };
    console.log(t.metered({ provider: "native" }, () => like)() === like);
  `);
  expect(stdout).toBe("true\n");
});
