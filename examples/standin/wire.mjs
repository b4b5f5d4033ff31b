import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import * as zlib from "node:zlib";
import { directiveNumber } from "./directives.mjs";

/** Zstandard is there from Node 22.15 on. */
const encoders = {
  gzip: zlib.gzipSync,
  br: zlib.brotliCompressSync,
  deflate: zlib.deflateSync,
  zstd: zlib.zstdCompressSync,
};

/**
 * One server-sent event as text.
 * @param {unknown} data
 * @param {string} [name]
 */
export function sseEvent(data, name) {
  return `${name === undefined ? "" : `event: ${name}\n`}data: ${typeof data === "string" ? data : JSON.stringify(data)}\n\n`;
}

/**
 * Sends a reply: `{status, headers?, document}` as JSON, or `{status, headers?, events}`, texts of server-sent events, as
 * a stream. Ends early, without an error, where the client has gone.
 */
export async function sendReply(response, reply, directives, latencyMs) {
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  const pause = async (ms) => {
    if (ms > 0) await sleep(ms, undefined, { signal: gone.signal });
  };
  try {
    await pause(directiveNumber(directives, "delay", latencyMs));
    if (reply.events === undefined) await sendDocument(response, reply, directives, pause);
    else await sendEvents(response, reply, directives, pause, latencyMs);
  } catch (error) {
    if (!gone.signal.aborted) throw error;
  }
}

async function sendDocument(response, { status, headers, document }, directives, pause) {
  const encoding = directives.get("encoding");
  const plain = Buffer.from(JSON.stringify(document));
  const body = encoding ? encoders[encoding](plain) : plain;
  response.writeHead(status, {
    "content-type": "application/json",
    ...(encoding ? { "content-encoding": encoding } : {}),
    "content-length": body.byteLength,
    ...headers,
  });
  const cut = directiveNumber(directives, "cut", Number.POSITIVE_INFINITY);
  await write(response, body.subarray(0, cut), directives, pause);
  if (cut < body.byteLength) response.destroy();
  else response.end();
}

async function sendEvents(response, { status, headers, events }, directives, pause, latencyMs) {
  const encoding = directives.get("encoding");
  const lineEnd = directives.has("crlf") ? (text) => text.replaceAll("\n", "\r\n") : (text) => text;
  response.writeHead(status, {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-cache",
    ...(encoding ? { "content-encoding": encoding } : {}),
    ...headers,
  });
  response.flushHeaders();
  if (encoding) {
    // A compressed stream is flushed as one: what matters to a reader is that the bytes are compressed.
    await write(response, encoders[encoding](Buffer.from(lineEnd(events.join("")))), directives, pause);
    response.end();
    return;
  }
  const cut = directiveNumber(directives, "cut", Number.POSITIVE_INFINITY);
  const hang = directiveNumber(directives, "hang", Number.POSITIVE_INFINITY);
  const gapMs = directiveNumber(directives, "chunk-delay", latencyMs / 10);
  for (const [index, event] of events.entries()) {
    if (index >= cut) {
      response.destroy();
      return;
    }
    if (index >= hang) {
      await once(response, "close");
      return;
    }
    if (index > 0) await pause(gapMs);
    await write(response, Buffer.from(lineEnd(event)), directives, pause);
  }
  response.end();
}

async function write(response, bytes, directives, pause) {
  const size = directiveNumber(directives, "split", bytes.byteLength) || bytes.byteLength;
  for (let start = 0; start < bytes.byteLength; start += size) {
    if (start > 0) await pause(1);
    const accepted = response.write(bytes.subarray(start, start + size));
    if (!accepted && !response.destroyed)
      await Promise.race([once(response, "drain"), once(response, "close")]);
  }
}
