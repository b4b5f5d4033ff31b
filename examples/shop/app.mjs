/**
 * Runs the shop. `node app.mjs [--visits N]`
 *
 * With the keys of all three providers in the environment this is the real shop, and every visit costs money. Without
 * them the answers come from a stand-in on this machine, and the shop visits itself: N times, or until Ctrl-C.
 */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const keys = ["OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GEMINI_API_KEY"];
const { values } = parseArgs({ options: { visits: { type: "string" }, every: { type: "string" } } });

if (keys.every((key) => process.env[key])) await import("./server.mjs");
else await runWithStandin(Number(values.visits ?? Number.POSITIVE_INFINITY), Number(values.every ?? 700));

async function runWithStandin(count, everyMs) {
  const { startStandin } = await import("../standin/standin.mjs");
  const { drive } = await import("./traffic.mjs");
  const standin = await startStandin({ latencyMs: 60 });
  console.log(`no API keys: a stand-in answers, at no cost (it needs ${keys.join(", ")})`);

  // The server gets the stand-in's addresses the way it would get anybody's: by its environment.
  const known = process.env.TAXIMETER_PROVIDERS;
  const server = spawn(process.execPath, [fileURLToPath(new URL("server.mjs", import.meta.url))], {
    env: {
      ...process.env,
      ...standin.environment,
      TAXIMETER_PROVIDERS: [known, standin.providers].filter(Boolean).join(","),
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const leave = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, () => leave.abort());
  server.once("exit", () => leave.abort());

  for await (const line of createInterface({ input: server.stdout, signal: leave.signal })) {
    console.log(line);
    const url = /http:\S+/.exec(line)?.[0];
    if (url === undefined) continue;
    let visited = 0;
    await drive(url, {
      count,
      everyMs,
      signal: leave.signal,
      onVisit: ({ path, status }) => console.log(`visit ${++visited}: ${path} ${status}`),
    });
    break;
  }
  // What was begun behind the visits (a job, a draft) is finished before the shop closes.
  if (!leave.signal.aborted) await new Promise((resolve) => setTimeout(resolve, 1_000));
  server.kill();
  await standin.close();
}
