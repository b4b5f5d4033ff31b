import { randomBytes, timingSafeEqual } from "node:crypto";
import { connect, type Socket } from "node:net";
import { type Discovery, proveIdentity, SERVICE_NAME } from "../../shared/protocol.ts";

/** `dead`: nobody listens there any more. `stranger`: somebody does, and is not who wrote `daemon.json`. */
export class NotTheDaemonError extends Error {
  override name = "NotTheDaemonError";
  readonly listener: "dead" | "stranger";
  constructor(listener: "dead" | "stranger", message: string) {
    super(message);
    this.listener = listener;
  }
}

const MAX_ANSWER_LENGTH = 8_192;

/**
 * A connection whose other end has proved, on this very connection, that it knows the token in `daemon.json`. Before
 * that nothing secret is sent: a port that its daemon has left may belong to anybody a moment later.
 */
export async function connectProved(discovery: Discovery, timeoutMs: number): Promise<Socket> {
  const challenge = randomBytes(32).toString("hex");
  const expected = await proveIdentity(discovery, challenge);
  return await new Promise((resolve, reject) => {
    const socket = connect({ host: "127.0.0.1", port: discovery.port, noDelay: true });
    let connected = false;
    let answer = "";

    function fail(message: string) {
      clearTimeout(timer);
      socket.destroy();
      reject(new NotTheDaemonError(connected ? "stranger" : "dead", message));
    }
    const timer = setTimeout(() => fail("the listener does not answer"), timeoutMs);
    const onError = (error: Error) => fail(error.message);
    const onClose = () => fail("the listener closed the connection");
    const onData = (chunk: Buffer) => {
      answer += chunk.toString("latin1");
      const proof = readProof(answer);
      if (proof === "more") return;
      if (proof === null || !equal(proof, expected)) return fail("the listener is not this daemon");
      clearTimeout(timer);
      socket.off("error", onError).off("close", onClose).off("data", onData);
      // Left flowing: a server says nothing unasked, and a socket that was paused the HTTP parser would not resume.
      resolve(socket);
    };
    socket.once("connect", () => {
      connected = true;
      socket.write(
        `GET /v1/health?challenge=${challenge} HTTP/1.1\r\nHost: 127.0.0.1:${discovery.port}\r\nConnection: keep-alive\r\n\r\n`,
        "latin1",
      );
    });
    socket.on("error", onError).on("close", onClose);
    socket.on("data", onData);
  });
}

/** The proof in a whole answer, `more` while it is not whole, `null` where it is no answer of a daemon. */
function readProof(answer: string): string | "more" | null {
  const end = answer.indexOf("\r\n\r\n");
  if (end < 0) return answer.length < MAX_ANSWER_LENGTH ? "more" : null;
  const head = answer.slice(0, end);
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  if (!/^HTTP\/1\.1 200 /.test(head) || length === undefined || Number(length) > MAX_ANSWER_LENGTH)
    return null;
  const body = answer.slice(end + 4);
  if (body.length < Number(length)) return "more";
  if (body.length > Number(length)) return null;
  try {
    const health: unknown = JSON.parse(body);
    if (typeof health !== "object" || health === null) return null;
    const { name, proof } = health as Record<string, unknown>;
    return name === SERVICE_NAME && typeof proof === "string" ? proof : null;
  } catch {
    return null;
  }
}

function equal(given: string, expected: string): boolean {
  const left = Buffer.from(given);
  const right = Buffer.from(expected);
  return left.length === right.length && timingSafeEqual(left, right);
}
