import { randomBytes, timingSafeEqual } from "node:crypto";
import type { Agent, ClientRequest } from "node:http";
import type { Socket } from "node:net";
import { type Discovery, PROTOCOL, proveIdentity } from "../../shared/protocol.ts";
import type { Found } from "./discovery.ts";

/** What became of a batch. */
export type Delivery =
  | { outcome: "delivered"; rejected: number }
  /** The daemon will never take it. */
  | { outcome: "refused" }
  /** It may do so later, or be another one by then. */
  | { outcome: "failed" };

/** The daemon, as the one who brings it calls. */
export interface DaemonLink {
  /** Sends lines of NDJSON. `dropped`: calls lost since the last delivery. */
  deliver(found: Found, lines: readonly string[], dropped: number): Promise<Delivery>;
  close(): void;
}

export interface DaemonLinkOptions {
  runId: string;
  timeoutMs: number;
  setTimer(step: () => void, delayMs: number): { cancel(): void };
}

interface Answer {
  status: number;
  text: string;
  socket: Socket;
}

const LOOPBACK = "127.0.0.1";
const MAX_ANSWER_BYTES = 8 * 1024 * 1024;

/**
 * Speaks to the daemon over one connection. A connection's first request is the challenge: the token goes only over the
 * very socket whose other end has proved that it knows it already, so that a stranger on the port never gets it.
 */
export function createDaemonLink({ runId, timeoutMs, setTimer }: DaemonLinkOptions): DaemonLink {
  let agent: Agent | undefined;
  let proved: { socket: Socket; mark: string } | undefined;

  /** Loaded with the first delivery: most processes that the shim lives in never call an AI. */
  let loadedHttp: typeof import("node:http") | undefined;
  const loadHttp = async () => {
    loadedHttp ??= process.getBuiltinModule?.("node:http") ?? (await import("node:http"));
    return loadedHttp;
  };

  const close = () => {
    agent?.destroy();
    agent = undefined;
    proved = undefined;
  };

  /** One request; over `only` this socket where given, else rejects before a byte is sent. */
  const exchange = async (options: {
    discovery: Discovery;
    method: "GET" | "POST";
    path: string;
    headers: Record<string, string>;
    body: string;
    only?: Socket;
  }): Promise<Answer> => {
    const http = await loadHttp();
    agent ??= new http.Agent({ keepAlive: true, maxSockets: 1, maxFreeSockets: 1 });
    const { discovery, method, path, headers, body, only } = options;
    return new Promise((resolve, reject) => {
      const request: ClientRequest = http.request({
        agent,
        host: LOOPBACK,
        port: discovery.port,
        method,
        path,
        headers: { ...headers, "content-length": String(Buffer.byteLength(body)) },
      });
      const timer = setTimer(() => request.destroy(new Error("timeout")), timeoutMs);
      const fail = (error: Error) => {
        timer.cancel();
        reject(error);
      };
      request.on("error", fail);
      let usedSocket: Socket | undefined;
      request.on("socket", (socket) => {
        usedSocket = socket;
        socket.unref();
        if (only !== undefined && socket !== only) request.destroy(new Error("another connection"));
        else request.end(body);
      });
      request.on("response", (response) => {
        const parts: Buffer[] = [];
        let size = 0;
        response.on("data", (part: Buffer) => {
          size += part.length;
          if (size > MAX_ANSWER_BYTES) request.destroy(new Error("answer too long"));
          else parts.push(part);
        });
        response.on("error", fail);
        response.on("aborted", () => fail(new Error("aborted")));
        response.on("end", () => {
          timer.cancel();
          // A response lets go of its socket when it ends.
          if (usedSocket === undefined) return reject(new Error("no connection"));
          const text = Buffer.concat(parts).toString();
          return resolve({ status: response.statusCode ?? 0, text, socket: usedSocket });
        });
      });
    });
  };

  const prove = async ({ discovery, mark }: Found): Promise<Socket | null> => {
    if (discovery.protocol !== PROTOCOL) return null;
    const challenge = randomBytes(32).toString("hex");
    const answer = await exchange({
      discovery,
      method: "GET",
      path: `/v1/health?challenge=${challenge}`,
      headers: {},
      body: "",
    });
    if (answer.status !== 200) return null;
    const expected = await proveIdentity(discovery, challenge);
    if (!sameText(proofIn(answer.text), expected)) return null;
    proved = { socket: answer.socket, mark };
    return answer.socket;
  };

  const post = async (
    { discovery }: Found,
    lines: readonly string[],
    dropped: number,
    socket: Socket,
  ): Promise<Delivery> => {
    const answer = await exchange({
      discovery,
      method: "POST",
      path: "/v1/calls",
      headers: {
        authorization: `Bearer ${discovery.token}`,
        "content-type": "application/x-ndjson",
        "x-taximeter-run": runId,
        "x-taximeter-process": String(process.pid),
        ...(dropped > 0 ? { "x-taximeter-dropped": String(dropped) } : {}),
      },
      body: `${lines.join("\n")}\n`,
      only: socket,
    });
    if (answer.status >= 200 && answer.status < 300) {
      return { outcome: "delivered", rejected: rejectedIn(answer.text) };
    }
    return { outcome: answer.status === 400 || answer.status === 422 ? "refused" : "failed" };
  };

  return {
    async deliver(found, lines, dropped) {
      try {
        if (proved !== undefined && (proved.mark !== found.mark || proved.socket.destroyed)) close();
        const socket = proved?.socket ?? (await prove(found));
        if (socket === null) {
          close();
          return { outcome: "failed" };
        }
        try {
          return await post(found, lines, dropped, socket);
        } catch (error) {
          // An idle connection may have been closed at the other end just now: prove a new one, once.
          if (!socket.destroyed) throw error;
          close();
          const another = await prove(found);
          return another === null ? { outcome: "failed" } : await post(found, lines, dropped, another);
        }
      } catch {
        close();
        return { outcome: "failed" };
      }
    },
    close,
  };
}

function proofIn(text: string): string {
  const health: unknown = JSON.parse(text);
  const proof = typeof health === "object" && health !== null && "proof" in health ? health.proof : undefined;
  return typeof proof === "string" ? proof : "";
}

function sameText(one: string, other: string): boolean {
  const [first, second] = [Buffer.from(one), Buffer.from(other)];
  return first.length === second.length && timingSafeEqual(first, second);
}

function rejectedIn(text: string): number {
  try {
    const answer: unknown = JSON.parse(text);
    if (typeof answer !== "object" || answer === null || !("results" in answer)) return 0;
    const { results } = answer;
    if (!Array.isArray(results)) return 0;
    return results.filter((result) => result?.outcome === "rejected").length;
  } catch {
    return 0;
  }
}
