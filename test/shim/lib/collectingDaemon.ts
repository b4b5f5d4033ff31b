import { randomBytes } from "node:crypto";
import { mkdir, rename, writeFile } from "node:fs/promises";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import { join } from "node:path";
import type { CallReport } from "../../../shared/call.ts";
import { PROTOCOL, proveIdentity } from "../../../shared/protocol.ts";

export interface CollectedBatch {
  headers: IncomingHttpHeaders;
  reports: CallReport[];
  /** Local port of the sender: the same for what came over one connection. */
  remotePort: number | undefined;
}

/** How the daemon answers a batch. `hang`: not at all. */
export type Behaviour = "accept" | "hang" | { status: number; body?: string };

/** As much of a daemon as the shim sees: proves itself and takes calls. */
export interface CollectingDaemon {
  readonly port: number;
  readonly batches: CollectedBatch[];
  readonly reports: CallReport[];
  /** Requests for `/v1/health`. */
  readonly challenges: number;
  behaviour: Behaviour;
  /** Of every call, as the answer has it. */
  costUsd: string | null;
  /** `false`: it answers challenges with nonsense, like a stranger on the port. */
  proves: boolean;
  /** Resolves when so many reports are there. */
  received(count: number, timeoutMs?: number): Promise<CallReport[]>;
  close(): Promise<void>;
}

export async function startCollectingDaemon(home: string): Promise<CollectingDaemon> {
  const identity = { token: randomBytes(32).toString("hex"), nonce: randomBytes(16).toString("hex") };
  const batches: CollectedBatch[] = [];
  let challenges = 0;

  const server: Server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://localhost");
    let body = "";
    request.setEncoding("utf8");
    request.on("data", (part: string) => {
      body += part;
    });
    request.on("end", async () => {
      response.setHeader("content-type", "application/json");
      if (url.pathname === "/v1/health") {
        challenges += 1;
        const challenge = url.searchParams.get("challenge") ?? "";
        const proof = daemon.proves ? await proveIdentity(identity, challenge) : "0".repeat(64);
        response.end(JSON.stringify({ name: "taximeter", protocol: PROTOCOL, proof }));
        return;
      }
      const reports = body
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line) as CallReport);
      const { remotePort } = request.socket;
      batches.push({ headers: request.headers, reports, remotePort });
      if (daemon.behaviour === "hang") return;
      if (daemon.behaviour !== "accept") {
        response.statusCode = daemon.behaviour.status;
        response.end(daemon.behaviour.body ?? "{}");
        return;
      }
      const authorized = request.headers.authorization === `Bearer ${identity.token}`;
      response.statusCode = authorized ? 200 : 401;
      response.end(
        JSON.stringify({
          results: reports.map(({ callId }) => ({ callId, outcome: "accepted", costUsd: daemon.costUsd })),
        }),
      );
    });
  });
  const port = await new Promise<number>((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : 0);
    });
  });
  await mkdir(home, { recursive: true, mode: 0o700 });
  const file = join(home, "daemon.json");
  const discovery = { pid: process.pid, port, version: "0.0.0", protocol: PROTOCOL, ...identity };
  await writeFile(`${file}.tmp`, JSON.stringify(discovery), { mode: 0o600 });
  await rename(`${file}.tmp`, file);

  const daemon: CollectingDaemon = {
    port,
    batches,
    get reports() {
      return batches.flatMap((batch) => batch.reports);
    },
    get challenges() {
      return challenges;
    },
    behaviour: "accept",
    costUsd: null,
    proves: true,
    async received(count, timeoutMs = 5_000) {
      const deadline = Date.now() + timeoutMs;
      while (daemon.reports.length < count) {
        if (Date.now() > deadline) throw new Error(`${daemon.reports.length} of ${count} reports came`);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      return daemon.reports;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return daemon;
}
