/** Takes an `application/vnd.amazon.eventstream` in pieces of any size. */
export interface AwsEventStreamReader {
  /** Throws where the bytes are no such stream. */
  write(bytes: Uint8Array): void;
}

/** Lengths of the message and of its headers, and their checksum, come first; the checksum of the whole comes last. */
const PRELUDE_BYTES = 12;
const CHECKSUM_BYTES = 4;
/** Amazon allows 16 MiB of payload. */
const MAX_MESSAGE_BYTES = 17 * 1024 * 1024;

/**
 * Reads Amazon's binary event streams and gives the payload of each message, which for Bedrock is JSON; that of a chunk of
 * `InvokeModelWithResponseStream`, the model's own event in Base64, is given unpacked. A message that tells of an
 * exception is given as `{"error":{"type":…}}`. Checksums are left to the host.
 */
export function createAwsEventStreamReader(onPayload: (json: Uint8Array) => void): AwsEventStreamReader {
  let carried: Buffer = Buffer.alloc(0);
  return {
    write(bytes) {
      const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      let buffer = carried.length === 0 ? chunk : Buffer.concat([carried, chunk]);
      while (buffer.length >= PRELUDE_BYTES) {
        const length = buffer.readUInt32BE(0);
        const headersLength = buffer.readUInt32BE(4);
        if (length > MAX_MESSAGE_BYTES || headersLength + PRELUDE_BYTES + CHECKSUM_BYTES > length) {
          throw new Error("no event stream");
        }
        if (buffer.length < length) break;
        const payloadAt = PRELUDE_BYTES + headersLength;
        const payload = buffer.subarray(payloadAt, length - CHECKSUM_BYTES);
        const exception = exceptionIn(buffer.subarray(PRELUDE_BYTES, payloadAt));
        onPayload(exception ?? unpacked(payload));
        buffer = buffer.subarray(length);
      }
      carried = Buffer.from(buffer);
    },
  };
}

/** Headers are name, type (7 for text) and value, each but the type with its length before it. */
const EXCEPTION_TYPE = /:(?:exception-type|error-code)\p{Cc}..([\w.:#-]{1,200})/su;

function exceptionIn(headers: Buffer): Uint8Array | undefined {
  const type = EXCEPTION_TYPE.exec(headers.toString("latin1"))?.[1];
  return type === undefined ? undefined : Buffer.from(JSON.stringify({ error: { type } }));
}

const BYTES_MEMBER = Buffer.from('{"bytes":"');
const QUOTE = 0x22;

function unpacked(payload: Buffer): Uint8Array {
  if (!payload.subarray(0, BYTES_MEMBER.length).equals(BYTES_MEMBER)) return payload;
  const end = payload.indexOf(QUOTE, BYTES_MEMBER.length);
  return Buffer.from(payload.subarray(BYTES_MEMBER.length, end).toString("latin1"), "base64");
}
