import { describe, expect, it } from "vitest";
import { beforeEachHost, type HostPlace } from "./lib/hostPlace.ts";
import { type HostRun, runHost, type ShimBundles } from "./lib/hostProcess.ts";
import type { TestProvider } from "./lib/provider.ts";

let shim: ShimBundles;
let provider: TestProvider;
let folder: string;
let home: string;
let startDaemon: HostPlace["startDaemon"];
beforeEachHost((place) => {
  ({ shim, provider, folder, home, startDaemon } = place);
});

async function run(code: string, env: Record<string, string> = {}): Promise<HostRun> {
  const prelude = `
    import { withSource, flush } from ${JSON.stringify(shim.apiMjs)};
    const call = (path = "") => fetch(${JSON.stringify(provider.url)} + path + "/v1/chat/completions", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ model: "gpt-4o-mini", messages: [{ role: "user", content: "the prompt" }] }),
    }).then((response) => response.text());
  `;
  const host = await runHost(folder, {
    code: prelude + code,
    flags: ["--require", shim.registerCjs],
    env: {
      TAXIMETER_HOME: home,
      TAXIMETER_PROVIDERS: `${provider.host}=openai`,
      TAXIMETER_CONSOLE: "1",
      ...env,
    },
  });
  expect(host).toMatchObject({ code: 0, signal: null });
  return { ...host, stderr: host.stderr.replace(/\d+ ms/g, "N ms") };
}

describe("TAXIMETER_CONSOLE=1", () => {
  it("says each call with its cost and the run's sum, and at the end what each source cost", async () => {
    const daemon = await startDaemon();
    daemon.costUsd = "0.0005";
    const { stderr, stdout } = await run(`
      await withSource("/api/chat", async () => { await call(); await flush(); await call(); await flush(); });
      await withSource("digest", call);
      await flush();
    `);
    expect(stdout).toBe("");
    expect(stderr.split("\n")).toEqual([
      "taximeter  /api/chat  gpt-4o-mini  N ms  $0.00050  run $0.00050",
      "taximeter  /api/chat  gpt-4o-mini  N ms  $0.00050  run $0.0010",
      "taximeter  digest  gpt-4o-mini  N ms  $0.00050  run $0.0015",
      "taximeter  3 calls  $0.0015",
      "taximeter    /api/chat  2 calls  $0.0010",
      "taximeter    digest  1 call  $0.00050",
      "",
    ]);
  });

  it("names the model that stands in the path", async () => {
    const { stderr } = await run(
      `await fetch(${JSON.stringify(provider.url)} + "/v1beta/models/gemini-2.5-flash:generateContent", {
        method: "POST",
        body: JSON.stringify({ contents: [] }),
      }).then((response) => response.text());
      await flush();`,
      { TAXIMETER_PROVIDERS: `${provider.host}=google` },
    );
    expect(stderr).toContain("taximeter  script:host.mjs  gemini-2.5-flash  N ms");
  });

  it("has no cost where the daemon is away, and none where there is no price", async () => {
    const away = await run("await call(); await flush();");
    expect(away.stderr.split("\n")).toEqual([
      "taximeter  script:host.mjs  gpt-4o-mini  N ms  cost unknown  run cost unknown",
      "taximeter  1 call  cost unknown",
      "taximeter    script:host.mjs  1 call  cost unknown",
      "",
    ]);
    await startDaemon();
    const priceless = await run("await call(); await flush();");
    expect(priceless.stderr).toContain("N ms  no price  run cost unknown");
  });

  it("says what was still to be told when the process ended", async () => {
    const { stderr } = await run("await call(); process.exit(0);");
    expect(stderr).toContain("taximeter  1 call  cost unknown");
  });

  it("writes one line whatever a source is called, and is no trouble where standard error is closed", async () => {
    const { stderr } = await run('await withSource("a\\u001b[2J\\nb\\u202e", call); await flush();');
    expect(stderr).toContain("taximeter  a [2J b  gpt-4o-mini");
    for (const character of ["\u001b", "\u202e"]) expect(stderr).not.toContain(character);
    await run(
      'import { closeSync } from "node:fs"; closeSync(2); await call(); await call(); await flush();',
    );
    expect(provider.requests.every(({ body }) => !body.includes("taximeter"))).toBe(true);
  });

  it("is silent where nothing was called, and where it was not asked for", async () => {
    expect((await run("")).stderr).toBe("");
    for (const asked of ["", "0", "off"]) {
      expect((await run("await call(); await flush();", { TAXIMETER_CONSOLE: asked })).stderr).toBe("");
    }
  });
});
