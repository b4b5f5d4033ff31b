import { Agent, type ClientRequest, request as httpRequest, type IncomingMessage } from "node:http";
import { messageOf } from "../../shared/messageOf.ts";
import type { Discovery } from "../../shared/protocol.ts";
import { connectProved, NotTheDaemonError } from "./provedSocket.ts";

export interface HttpAnswer {
  status: number;
  body: unknown;
}

/** The connection broke. `sent`: whether the daemon may have seen the request, so that repeating it could do harm. */
export class TransportError extends Error {
  override name = "TransportError";
  readonly sent: boolean;
  constructor(message: string, sent: boolean) {
    super(message);
    this.sent = sent;
  }
}

export interface HttpRequest {
  method: string;
  path: string;
  body?: unknown;
  timeoutMs: number;
}

/** Requests to a daemon on loopback, over connections that are kept alive and each proved before their first use. */
export interface Transport {
  send(discovery: Discovery, request: HttpRequest): Promise<HttpAnswer>;
  /** Opens a stream of server-sent events; resolves once the headers are there. */
  stream(discovery: Discovery, path: string, timeoutMs: number): Promise<IncomingMessage>;
  /** Whether the listener on the daemon's port is the one that wrote `daemon.json`. */
  prove(discovery: Discovery): Promise<"proved" | NotTheDaemonError["listener"]>;
  dispose(): void;
}

const PROOF_TIMEOUT_MS = 3_000;
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

export function createTransport(): Transport {
  let agent: { nonce: string; agent: Agent } | null = null;

  /** Connections of an earlier daemon are of no use to a later one. */
  function agentOf(discovery: Discovery): Agent {
    if (agent?.nonce === discovery.nonce) return agent.agent;
    agent?.agent.destroy();
    agent = { nonce: discovery.nonce, agent: provedAgent(discovery) };
    return agent.agent;
  }

  async function open(discovery: Discovery, { method, path, body, timeoutMs }: HttpRequest) {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const request = httpRequest({
      agent: agentOf(discovery),
      host: "127.0.0.1",
      port: discovery.port,
      method,
      path,
      headers: {
        host: `127.0.0.1:${discovery.port}`,
        authorization: `Bearer ${discovery.token}`,
        ...(text === undefined
          ? {}
          : { "content-type": "application/json", "content-length": Buffer.byteLength(text) }),
      },
    });
    const timer = setTimeout(() => request.destroy(new Error("it does not answer")), timeoutMs);
    try {
      const response = await new Promise<IncomingMessage>((resolve, reject) => {
        request.once("response", resolve);
        request.on("error", (error) => {
          reject(new TransportError(error.message, !(error instanceof NotTheDaemonError)));
        });
        request.end(text);
      });
      return { request, response, timer };
    } catch (error) {
      clearTimeout(timer);
      throw error;
    }
  }

  return {
    async send(discovery, options) {
      const { request, response, timer } = await open(discovery, options);
      try {
        const text = await readAll(request, response);
        return { status: response.statusCode ?? 0, body: parseJson(text) };
      } finally {
        clearTimeout(timer);
      }
    },

    async stream(discovery, path, timeoutMs) {
      const { response, timer } = await open(discovery, { method: "GET", path, timeoutMs });
      clearTimeout(timer);
      return response;
    },

    async prove(discovery) {
      try {
        (await connectProved(discovery, PROOF_TIMEOUT_MS)).destroy();
        return "proved";
      } catch (error) {
        if (error instanceof NotTheDaemonError) return error.listener;
        throw error;
      }
    },

    dispose: () => agent?.agent.destroy(),
  };
}

function provedAgent(discovery: Discovery): Agent {
  const agent = new Agent({ keepAlive: true, maxFreeSockets: 4 });
  agent.createConnection = (_options, created) => {
    connectProved(discovery, PROOF_TIMEOUT_MS).then(
      (socket) => created?.(null, socket),
      (error) => created?.(error, undefined as never),
    );
    return undefined;
  };
  return agent;
}

async function readAll(request: ClientRequest, response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of response) {
      bytes += chunk.length;
      if (bytes > MAX_ANSWER_BYTES) request.destroy(new Error("its answer is too long"));
      chunks.push(chunk);
    }
  } catch (error) {
    throw new TransportError(messageOf(error), true);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
