import type { Transform } from "node:stream";
import { createAwsEventStreamReader } from "./awsEventStream.ts";
import { type ContentDecoder, contentDecoder } from "./contentDecoder.ts";
import type { ReadableFormat } from "./readingPlan.ts";
import { createUsageReader, type Reading, type UsageReader } from "./usageReader.ts";

/** Reads the body of one response as its bytes come from the network. Nothing it does throws. */
export interface BodyReader {
  /** The bytes are valid during the call only. */
  write(bytes: Uint8Array): void;
  /** No more will come; calls back, at once or soon, when all of it can be read. Call once. */
  finish(onReadable: () => void): void;
  /** What the body said, as far as it came. Call once, at the end. */
  read(): Reading;
}

export interface BodyReaderOptions {
  format: ReadableFormat;
  contentType: string | null;
  /** Of the bytes as they are seen here; `null` where they are plain. */
  contentEncoding: string | null;
}

/** So much of a body is kept and looked at when the host has had it; what is longer is looked at as it comes. */
const MAX_KEPT_BYTES = 64 * 1024;
/** What a decoder may have before it at most, and make of it in all: nothing that an AI says is so long. */
const MAX_WAITING_BYTES = 8 * 1024 * 1024;
const MAX_DECODED_BYTES = 512 * 1024 * 1024;

const AWS_EVENT_STREAM = "vnd.amazon.eventstream";
const STREAM_TYPES = /event-stream|ndjson|vnd\.amazon\.eventstream/;

/** Whether a content type is that of something that is said bit by bit. */
export function isStreamType(contentType: string | null): boolean {
  return contentType !== null && STREAM_TYPES.test(contentType);
}

const NOTHING = Buffer.alloc(0);
/** A second piece of a body is seldom the last. Just so much as comes out of Node's pool of memory. */
const MIN_ROOM = 4 * 1024 - 1;

/** A copy of these bytes in memory for as many and more: most bodies come in one piece, the others in many. */
function withRoom(bytes: Buffer, size: number): Buffer {
  const memory = Buffer.allocUnsafe(bytes.length === 0 ? size : Math.max(2 * size, MIN_ROOM));
  memory.set(bytes);
  return memory;
}

const DATA_FIELD = Buffer.from("data: ");
const BLANK_LINE = Buffer.from("\n\n");

export function createBodyReader(options: BodyReaderOptions): BodyReader {
  const { format, contentType, contentEncoding } = options;
  const isPlain = contentEncoding === null || contentEncoding === "" || contentEncoding === "identity";
  const decoder = isPlain ? undefined : contentDecoder(contentEncoding);
  /** Made when the first bytes are looked at, which for most bodies is at their end. */
  let usage: UsageReader | undefined;
  let plain: ((bytes: Uint8Array) => void) | undefined;
  let broken = !isPlain && decoder === undefined;
  /** The body so far, in memory with room for more of it; `undefined` once it is looked at as it comes. */
  let kept: Buffer | undefined = NOTHING;
  let keptBytes = 0;
  let decoding: Decoding | undefined;
  /** What the decoder, which works on another thread, was given: the process may end before it is through. */
  let undecoded: Buffer[] | undefined = [];
  let undecodedBytes = 0;

  /** Of a body that the reader trips over only the usage is lost, not the call. */
  const attempt = (step: () => void) => {
    if (broken) return;
    try {
      step();
    } catch {
      broken = true;
    }
  };
  const look = (bytes: Uint8Array) => {
    usage ??= createUsageReader(format);
    plain ??= plainReader(usage, contentType);
    plain(bytes);
  };
  const pour = (bytes: Uint8Array) => {
    if (decoder === undefined) return look(bytes);
    decoding ??= createDecoding(decoder, bytes[0] ?? 0, (decoded) => attempt(() => look(decoded)));
    const part = Buffer.from(bytes);
    decoding.write(part);
    undecodedBytes += part.length;
    if (undecodedBytes <= MAX_WAITING_BYTES) undecoded?.push(part);
    else undecoded = undefined;
  };
  /** All of it at once, here and now. */
  const decodeAnew = (parts: readonly Buffer[]): Reading => {
    const anew = createUsageReader(format);
    attempt(() => {
      if (decoder !== undefined) plainReader(anew, contentType)(decoder.decodeWhole(Buffer.concat(parts)));
    });
    return anew.end();
  };

  /** A copy in one piece: one for each chunk would cost a stream more than all else that is done with it. */
  const keep = (memory: Buffer, bytes: Uint8Array) => {
    const end = keptBytes + bytes.byteLength;
    kept = end <= memory.length ? memory : withRoom(memory.subarray(0, keptBytes), end);
    kept.set(bytes, keptBytes);
    keptBytes = end;
  };
  const take = (bytes: Uint8Array) => {
    if (kept === undefined) return pour(bytes);
    if (keptBytes + bytes.byteLength <= MAX_KEPT_BYTES) return keep(kept, bytes);
    const before = kept.subarray(0, keptBytes);
    kept = undefined;
    if (before.length > 0) pour(before);
    pour(bytes);
  };

  return {
    write(bytes) {
      // As in `attempt`, which would make a function for each chunk.
      if (broken) return;
      try {
        take(bytes);
      } catch {
        broken = true;
      }
    },
    finish(onReadable) {
      if (decoding === undefined) onReadable();
      else decoding.finish(onReadable);
    },
    read() {
      if (decoding?.ended === false && undecoded !== undefined) return decodeAnew(undecoded);
      const whole = kept?.subarray(0, keptBytes);
      kept = undefined;
      attempt(() => {
        if (whole === undefined || whole.length === 0) return;
        look(decoder === undefined ? whole : decoder.decodeWhole(whole));
      });
      return (usage ?? createUsageReader(format)).end();
    },
  };
}

function plainReader(
  usage: { write(bytes: Uint8Array): void },
  contentType: string | null,
): (bytes: Uint8Array) => void {
  if (!contentType?.includes(AWS_EVENT_STREAM)) return (bytes) => usage.write(bytes);
  const events = createAwsEventStreamReader((json) => {
    usage.write(Buffer.concat([DATA_FIELD, json, BLANK_LINE]));
  });
  return (bytes) => events.write(bytes);
}

interface Decoding {
  /** The bytes are its own from then on. */
  write(bytes: Buffer): void;
  finish(onEnd: () => void): void;
  readonly ended: boolean;
}

function createDecoding(
  decoder: ContentDecoder,
  firstByte: number,
  onDecoded: (bytes: Uint8Array) => void,
): Decoding {
  const stream: Transform = decoder.createStream(firstByte);
  let decodedBytes = 0;
  let ended = false;
  let onEnd = () => {};
  const end = () => {
    ended = true;
    onEnd();
  };
  stream.on("data", (decoded: Buffer) => {
    decodedBytes += decoded.length;
    if (decodedBytes > MAX_DECODED_BYTES) stream.destroy();
    else onDecoded(decoded);
  });
  stream.on("error", () => {});
  stream.on("close", end);
  return {
    write(bytes) {
      if (ended) return;
      if (stream.writableLength > MAX_WAITING_BYTES) stream.destroy();
      else stream.write(bytes);
    },
    finish(callback) {
      if (ended) return callback();
      onEnd = callback;
      stream.end();
    },
    get ended() {
      return ended;
    },
  };
}
