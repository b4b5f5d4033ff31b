/**
 * As much of a daemon as the shim sees, in a process of its own: proves itself, takes calls, answers as the real one does,
 * and counts those that came with call site and route. `BENCH_DAEMON` is how it behaves. Announces itself in
 * `TAXIMETER_HOME` like the real one. Answers any message with the counts.
 */
import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { homeFiles, PROTOCOL, proveIdentity } from "../../shared/protocol.ts";
import { listen } from "./listen.ts";

export interface DaemonCounts {
  calls: number;
  /** Of these, with a call site and a route. */
  attributed: number;
}

const SLOW_MS = 1_000;

const behaviour = process.env["BENCH_DAEMON"] ?? "accept";
const identity = { token: randomBytes(32).toString("hex"), nonce: randomBytes(16).toString("hex") };
const counts: DaemonCounts = { calls: 0, attributed: 0 };

function resultOf(line: string): { callId: unknown; outcome: "accepted" } {
  const report: Record<string, unknown> = JSON.parse(line);
  counts.calls += 1;
  if (report["callSite"] !== null && report["sourceKind"] === "route") counts.attributed += 1;
  return { callId: report["callId"], outcome: "accepted" };
}

const server = createServer((request, response) => {
  const url = new URL(request.url ?? "/", "http://localhost");
  let body = "";
  request.setEncoding("utf8");
  request.on("data", (part: string) => {
    body += part;
  });
  request.on("end", async () => {
    if (behaviour === "hung" && url.pathname !== "/v1/health") return;
    if (behaviour === "slow") await new Promise((resolve) => setTimeout(resolve, SLOW_MS));
    response.setHeader("content-type", "application/json");
    if (url.pathname === "/v1/health") {
      const proof = await proveIdentity(identity, url.searchParams.get("challenge") ?? "");
      response.end(JSON.stringify({ name: "taximeter", protocol: PROTOCOL, proof }));
      return;
    }
    const lines = body.split("\n").filter((line) => line !== "");
    response.end(JSON.stringify({ results: lines.map(resultOf) }));
  });
});

const discovery = {
  pid: process.pid,
  port: await listen(server),
  version: "bench",
  protocol: PROTOCOL,
  ...identity,
};
const file = join(process.env["TAXIMETER_HOME"] ?? "", homeFiles.discovery);
await writeFile(file, JSON.stringify(discovery), { mode: 0o600 });
process.send?.("ready");
process.on("message", () => process.send?.(counts));
// Whoever asks is gone.
process.on("disconnect", () => process.exit());
