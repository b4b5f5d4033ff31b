import type { Socket } from "node:net";
import { loadBuiltin } from "../builtin.ts";

/** An answer whose body is short text. */
export interface Answer {
  status: number;
  text: string;
}

/** What may come instead: the connection ended or what came was no HTTP; or nothing came in time. */
export type NoAnswer = "ended" | "silent";

/**
 * One HTTP/1.1 connection to loopback. It speaks as much of HTTP as the daemon does, for a fraction of the time that
 * `node:http` takes for a request, in the host's process; and whatever the host, its tests or its instruments put into the
 * place of parts of `node:http` has nothing to do with it.
 */
export interface Connection {
  /** `false` once it has ended, at either end. */
  readonly open: boolean;
  /** One request at a time. `head`: request line and headers, without length and end. */
  request(head: readonly string[], body: string): Promise<Answer | NoAnswer>;
  close(): void;
}

export interface ConnectionOptions {
  port: number;
  timeoutMs: number;
  setTimer(step: () => void, delayMs: number): { cancel(): void };
}

export const LOOPBACK = "127.0.0.1";
const MAX_ANSWER_BYTES = 8 * 1024 * 1024;

interface Waiting {
  resolve(answer: Answer | NoAnswer): void;
  timer: { cancel(): void };
}

export function openConnection({ port, timeoutMs, setTimer }: ConnectionOptions): Connection {
  const socket: Socket = loadBuiltin("net").connect({ host: LOOPBACK, port, noDelay: true });
  socket.unref();
  let received: Buffer | undefined;
  let waiting: Waiting | undefined;

  const finish = (answer: Answer | NoAnswer) => {
    const asked = waiting;
    waiting = undefined;
    received = undefined;
    asked?.timer.cancel();
    asked?.resolve(answer);
  };
  const end = (how: NoAnswer) => {
    socket.destroy();
    finish(how);
  };

  socket.on("data", (bytes: Buffer) => {
    received = received === undefined ? bytes : Buffer.concat([received, bytes]);
    const found = waiting === undefined || received.length > MAX_ANSWER_BYTES ? null : answerIn(received);
    if (found === null) end("ended");
    else if (found !== undefined) {
      if (found.isLast) socket.destroy();
      finish(found.answer);
    }
  });
  for (const event of ["error", "end", "close"]) socket.on(event, () => end("ended"));

  return {
    get open() {
      return !socket.destroyed;
    },
    request(head, body) {
      return new Promise((resolve) => {
        if (socket.destroyed || waiting !== undefined) {
          resolve("ended");
          return;
        }
        waiting = { resolve, timer: setTimer(() => end("silent"), timeoutMs) };
        const length = Buffer.byteLength(body);
        const headers = [...head, `host: ${LOOPBACK}:${port}`, `content-length: ${length}`];
        // In one packet, but not in one text: a batch is long, and to put it together once more takes a copy of it.
        socket.cork();
        socket.write(`${headers.join("\r\n")}\r\n\r\n`, "latin1");
        // Plain ASCII, as nearly all of it is, needs no looking at each character.
        if (length > 0) socket.write(body, length === body.length ? "latin1" : "utf8");
        socket.uncork();
      });
    },
    close: () => end("ended"),
  };
}

const HEAD_END = "\r\n\r\n";

/** What is read of an answer: `undefined` where it is not whole yet, `null` where it is none. */
type Partly<Value> = Value | undefined | null;

function answerIn(bytes: Buffer): Partly<{ answer: Answer; isLast: boolean }> {
  const headEnd = bytes.indexOf(HEAD_END);
  if (headEnd === -1) return undefined;
  const head = bytes.toString("latin1", 0, headEnd);
  const status = /^HTTP\/1\.1 (\d{3})\b/.exec(head)?.[1];
  if (status === undefined) return null;
  const body = bytes.subarray(headEnd + HEAD_END.length);
  const isChunked = /\r\ntransfer-encoding: *chunked/i.test(head);
  const text = isChunked ? textOfChunks(body) : textOfLength(body, head);
  if (typeof text !== "string") return text;
  return { answer: { status: Number(status), text }, isLast: /\r\nconnection: *close/i.test(head) };
}

function textOfLength(body: Buffer, head: string): Partly<string> {
  const length = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1]);
  if (Number.isNaN(length) || body.length > length) return null;
  return body.length === length ? body.toString() : undefined;
}

function textOfChunks(body: Buffer): Partly<string> {
  const chunks: Buffer[] = [];
  for (let at = 0; ; ) {
    const lineEnd = body.indexOf("\r\n", at);
    if (lineEnd === -1) return undefined;
    const size = Number.parseInt(body.toString("latin1", at, lineEnd), 16);
    if (!(size >= 0)) return null;
    const start = lineEnd + 2;
    if (body.length < start + size + 2) return undefined;
    if (size === 0) return Buffer.concat(chunks).toString();
    chunks.push(body.subarray(start, start + size));
    at = start + size + 2;
  }
}
