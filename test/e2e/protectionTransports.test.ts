import { cp, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { ensureNode20, ensurePackages } from "../../scripts/lib/provision.mjs";
import { makeHardBudget, makeState, putState } from "../protection/stateFiles.ts";
import { buildShim, readSpool, runNode, type ShimBundles } from "../shim/lib/hostProcess.ts";
import { startProvider, type TestProvider } from "../shim/lib/provider.ts";

const fixture = fileURLToPath(new URL("transports/", import.meta.url));

/** Clients of `transports/clients.mjs`, with the Nodes that they run on. */
const clients: readonly { name: string; nodes: readonly (20 | 24)[]; http2?: true }[] = [
  { name: "fetch", nodes: [20, 24] },
  { name: "fetch with a Request", nodes: [20, 24] },
  { name: "fetch of a stream", nodes: [20, 24] },
  { name: "undici 4 request", nodes: [20] },
  { name: "undici 5 request", nodes: [24] },
  { name: "undici 6 request", nodes: [20, 24] },
  { name: "undici 7 request", nodes: [24] },
  { name: "undici 8 request", nodes: [24] },
  { name: "undici 8 request, HTTP/2", nodes: [24], http2: true },
  { name: "undici 5 fetch", nodes: [20] },
  { name: "undici 7 fetch", nodes: [24] },
  { name: "undici 8 fetch", nodes: [24] },
  { name: "undici 8 stream", nodes: [24] },
  { name: "node:http", nodes: [20, 24] },
  { name: "node:http2", nodes: [20, 24], http2: true },
  { name: "axios", nodes: [20, 24] },
  { name: "axios over fetch", nodes: [24] },
  { name: "node-fetch 2", nodes: [24] },
  { name: "node-fetch 3", nodes: [24] },
  { name: "got", nodes: [20, 24] },
  { name: "superagent", nodes: [24] },
];

const nodes: Record<20 | 24, string> = { 20: "", 24: process.execPath };
let shim: ShimBundles;
let http1: TestProvider;
let http2: TestProvider;
let app: string;
let home: string;

beforeAll(async () => {
  nodes[20] = await ensureNode20();
  shim = await buildShim();
  http1 = await startProvider();
  http2 = await startProvider({ http2: true });
  app = await mkdtemp(join(tmpdir(), "taximeter-protection-"));
  home = join(app, "home");
  for (const file of ["clients.mjs", "sockets.mjs"]) await cp(join(fixture, file), join(app, file));
  await symlink(await ensurePackages(fixture), join(app, "node_modules"));
});
afterAll(async () => {
  await Promise.all([http1.close(), http2.close(), shim.remove()]);
  await rm(app, { recursive: true, force: true });
});

interface Seen {
  scenario: string;
  status?: number;
  error?: string;
}

async function ask(name: string, node: string, provider: TestProvider): Promise<Seen[]> {
  const { stdout, stderr, code } = await runNode({
    node,
    args: ["--import", shim.registerMjs, "clients.mjs", name, provider.url, "plain", "stream"],
    cwd: app,
    env: { HOME: app, TAXIMETER_HOME: home, TAXIMETER_PROVIDERS: `${provider.host}=openai` },
  });
  expect({ stderr, code }).toEqual({ stderr: "", code: 0 });
  return stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}

for (const { name, nodes: versions, http2: overHttp2 } of clients) {
  for (const version of versions) {
    it(`${name} on Node ${version} is stopped by a budget that is spent, and by no other`, async () => {
      const provider = overHttp2 ? http2 : http1;
      const before = provider.requests.length;
      const node = nodes[version];

      await putState(home, makeState({ budgets: [makeHardBudget({ spentNanoUsd: 10_000_000 })] }));
      const stopped = await ask(name, node, provider);
      for (const { status, error } of stopped) {
        expect(status).toBeUndefined();
        // Some clients put an error of their own around it, with its words or its code.
        expect(error).toMatch(
          /TAXIMETER_BUDGET_EXCEEDED|Taximeter stopped this call|fetch failed|Fetch Error/,
        );
      }
      expect(stopped).toHaveLength(2);
      expect(provider.requests.slice(before).filter(({ body }) => body.includes("prompt"))).toEqual([]);
      expect(await readSpool(home)).toEqual([]);

      await putState(home, makeState({ budgets: [makeHardBudget({ limitNanoUsd: 100e9 })] }));
      const passed = await ask(name, node, provider);
      expect(passed.map(({ status }) => status)).toEqual([200, 200]);
      await putState(home, null);
      await rm(join(home, "spool"), { recursive: true, force: true });
    });
  }
}

const sockets = [
  { client: "ws", version: 20, before: 0 },
  { client: "ws", version: 24, before: 0 },
  { client: "global", version: 24, before: 0 },
  // It tells of a connection when the host has asked for its first turn already.
  { client: "undici", version: 24, before: 1 },
] as const;

describe.each(sockets)(
  "turns over the WebSocket of $client on Node $version",
  ({ client, version, before }) => {
    const talk = async (protocol: string, provider: string) => {
      const { stdout, stderr, code } = await runNode({
        node: nodes[version],
        args: ["--import", shim.registerMjs, "sockets.mjs", client, protocol],
        cwd: app,
        env: { HOME: app, TAXIMETER_HOME: home, TAXIMETER_PROVIDERS: `127.0.0.1:*=${provider}` },
      });
      expect({ stderr, code }).toEqual({ stderr: "", code: 0 });
      // Node's own gives up on a closing handshake during which the server still speaks.
      return stdout.replace(/(TAXIMETER_\w+\n\d+ )1006/, "$14008");
    };
    afterEach(async () => {
      await putState(home, null);
      await rm(join(home, "spool"), { recursive: true, force: true });
    });

    it.each([
      ["realtime", "openai"],
      ["live", "google"],
    ])("of %s are stopped by a budget that is spent", async (protocol, provider) => {
      await putState(home, makeState({ budgets: [makeHardBudget({ spentNanoUsd: 10_000_000 })] }));
      expect(await talk(protocol, provider)).toBe(
        `BudgetExceededError TAXIMETER_BUDGET_EXCEEDED\n${before} 4008\n`,
      );
      expect(await readSpool(home)).toHaveLength(before);

      await putState(home, makeState({ budgets: [makeHardBudget({ limitNanoUsd: 100e9 })] }));
      expect(await talk(protocol, provider)).toBe("2 1006\n");
    });

    it.each([
      ["realtime", "openai", "gpt-realtime"],
      // Its settings, which name the model, were sent when npm's undici tells of the connection.
      ["live", "google", client === "undici" ? null : "gemini-2.5-flash-live"],
    ])("of %s are stopped while their model's circuit is open", async (protocol, provider, model) => {
      const until = new Date(Date.now() + 60_000).toISOString();
      const openFor = (name: string | null) =>
        makeState({
          budgets: [],
          breakers: { everywhere: true, workspaces: {} },
          open: [{ provider, model: name, until }],
        });
      await putState(home, openFor(model));
      expect(await talk(protocol, provider)).toBe(
        `CircuitOpenError TAXIMETER_CIRCUIT_OPEN\n${before} 4008\n`,
      );
      expect(await readSpool(home)).toHaveLength(before);

      await putState(home, openFor("another-model"));
      expect(await talk(protocol, provider)).toBe("2 1006\n");
    });
  },
);
