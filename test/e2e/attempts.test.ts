import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { DaemonConnection } from "../../daemon/client/daemonConnection.ts";
import { runHost } from "../shim/lib/hostProcess.ts";
import { startProvider, type TestProvider } from "../shim/lib/provider.ts";
import { builtFile, endDaemon, startDaemon } from "./lib/daemon.ts";
import { eventually } from "./lib/processes.ts";

let home: string;
let provider: TestProvider;
let daemon: DaemonConnection;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "taximeter-attempts-"));
  provider = await startProvider();
  daemon = await startDaemon(home);
  await daemon.request("status", {});
});
afterEach(async () => {
  daemon.dispose();
  await endDaemon(home);
  await provider.close();
  await rm(home, { recursive: true, force: true });
});

const storedCalls = async () => (await daemon.request("calls", { query: { from: "all", limit: 100 } })).calls;

describe("a process that is killed in the middle of a call", () => {
  it("leaves a pending call, which is aborted soon after", async () => {
    const code = `
      await fetch(${JSON.stringify(provider.url)} + "/hang/v1/chat/completions", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ model: "gpt-4o-mini", messages: [] }),
      });
    `;
    const { signal } = await runHost(home, {
      code,
      flags: ["--import", builtFile("register.mjs")],
      env: { TAXIMETER_HOME: home, TAXIMETER_PROVIDERS: `${provider.host}=openai` },
      async during(child) {
        await eventually("the call is told of", async () =>
          (await storedCalls()).length > 0 ? true : undefined,
        );
        expect(await storedCalls()).toMatchObject([{ status: "pending", requestModel: "gpt-4o-mini" }]);
        child.kill("SIGKILL");
      },
    });
    expect(signal).toBe("SIGKILL");
    const closed = await eventually("the call is closed", async () =>
      (await storedCalls()).find(({ status }) => status !== "pending"),
    );
    expect(closed).toMatchObject({ status: "aborted", costUsd: null, usage: {} });
    expect(await storedCalls()).toHaveLength(1);
  });
});
