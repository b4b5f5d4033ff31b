import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Call } from "../../../shared/call.ts";
import { messageOf } from "../../../shared/messageOf.ts";
import { environment } from "../../../shared/protocol.ts";
import { createConnection } from "../../client/connection.ts";
import type { DaemonConnection } from "../../client/daemonConnection.ts";
import { appendNodeOption, installPreloadStub } from "../../client/preload.ts";
import type { CommandContext } from "../context.ts";
import { daemonLaunch } from "../launch.ts";
import { type Check, failed, ok } from "./check.ts";

const CHILD_TIMEOUT_MS = 15_000;
const ARRIVAL_TIMEOUT_MS = 10_000;

const answer = {
  id: "chatcmpl-selftest",
  object: "chat.completion",
  created: 0,
  model: "gpt-4o-mini-2024-07-18",
  choices: [{ index: 0, message: { role: "assistant", content: "Yes." }, finish_reason: "stop" }],
  usage: { prompt_tokens: 1234, completion_tokens: 56, total_tokens: 1290 },
};

/** What the child runs: a call as any app makes it. */
const app = `
fetch(process.argv[1], {
  method: "POST",
  headers: { "content-type": "application/json" },
  body: JSON.stringify({ model: "gpt-4o-mini", messages: [{ role: "user", content: "Is this on?" }] }),
}).then((response) => response.json()).then(
  ({ usage }) => process.exit(usage.prompt_tokens === 1234 ? 0 : 3),
  () => process.exit(4),
);
`;

/**
 * The whole path once, with the real parts: a child process with the preload calls a stand-in on this machine, and the
 * call must come back, counted and priced, from a daemon. It has a home of its own that is removed afterwards, so that the
 * user's figures stay theirs.
 */
export async function selfTest(context: CommandContext): Promise<Check> {
  const name = "self-test";
  const home = await mkdtemp(join(tmpdir(), "taximeter-doctor-"));
  const provider = await startProvider();
  const connection = createConnection({ home, version: context.version, launch: daemonLaunch(context) });
  try {
    await connection.request("status", {});
    const stub = installPreloadStub({ home, registerFile: context.registerFile });
    const complaint = await runApp(context, home, stub, provider.port);
    if (complaint !== null) return failed(name, complaint, "Please report this.");
    const call = await firstCall(connection);
    if (call === null) {
      return failed(
        name,
        "A test call was made and never reached the daemon.",
        `The preload may not load: run node --require="${stub}" -p 1, and please report what it says.`,
      );
    }
    const { inputTokens, outputTokens } = call.usage;
    if (inputTokens !== answer.usage.prompt_tokens || outputTokens !== answer.usage.completion_tokens) {
      return failed(
        name,
        "A test call came back with other token counts than it had.",
        "Please report this.",
      );
    }
    if (call.costUsd === null)
      return failed(name, "A test call came back without a price.", "Update Taximeter.");
    return ok(name, `a test call was seen, counted (1,234 → 56 tokens) and priced ($${call.costUsd})`);
  } catch (error) {
    return failed(name, messageOf(error), "Put that right, then run: taximeter doctor");
  } finally {
    await connection.request("shutdown", { body: { reason: "self-test" } }).catch(() => {});
    connection.dispose();
    await provider.close();
    // The daemon writes until it has left.
    await rm(home, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 }).catch(() => {});
  }
}

async function startProvider(): Promise<{ port: number; close(): Promise<void> }> {
  const server: Server = createServer((request, response) => {
    request.resume().on("end", () => {
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the stand-in has no port");
  return {
    port: address.port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Runs the app with the preload; what went wrong with it, in one sentence, or `null`. */
async function runApp(
  { env, nodeFile }: CommandContext,
  home: string,
  stub: string,
  port: number,
): Promise<string | null> {
  const url = `http://127.0.0.1:${port}/v1/chat/completions`;
  const child = spawn(nodeFile, ["--eval", app, url], {
    stdio: ["ignore", "ignore", "pipe"],
    timeout: CHILD_TIMEOUT_MS,
    env: {
      ...env,
      NODE_OPTIONS: appendNodeOption(undefined, stub),
      [environment.enabled]: undefined,
      [environment.home]: home,
      [environment.providers]: `127.0.0.1:${port}=openai`,
    },
  });
  let words = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    words = (words + text).slice(-2_000);
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject).once("close", resolve);
  });
  if (code !== 0)
    return `A metered process ended with exit code ${code}: ${words.trim().split("\n").at(-1) ?? ""}`;
  return words === "" ? null : `A metered process printed: ${words.trim()}`;
}

async function firstCall(connection: DaemonConnection): Promise<Call | null> {
  const deadlineMs = Date.now() + ARRIVAL_TIMEOUT_MS;
  while (Date.now() < deadlineMs) {
    const { calls } = await connection.request("calls", { query: { from: "all", limit: 1 } });
    const [call] = calls;
    if (call !== undefined && call.status !== "pending") return call;
    await sleep(100);
  }
  return null;
}
