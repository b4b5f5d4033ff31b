import type { Transform } from "node:stream";
import { loadBuiltin } from "../builtin.ts";

/** Undoes the content encoding of a body that is seen as it travels. */
export interface ContentDecoder {
  /** All that these bytes, which may be cut off, become. Throws on garbage and on bombs. */
  decodeWhole(bytes: Buffer): Buffer;
  /** The same for what comes piece by piece. */
  createStream(firstByte: number): Transform;
}

/** A body of the size that is decoded at once becomes no longer than this, unless it is made to do harm. */
const MAX_DECODED_BYTES = 32 * 1024 * 1024;

/** `undefined` for an encoding that this Node does not know. */
export function contentDecoder(encoding: string): ContentDecoder | undefined {
  const zlib = loadBuiltin("zlib");
  const whole = { maxOutputLength: MAX_DECODED_BYTES };
  const zlibWhole = { ...whole, finishFlush: zlib.constants.Z_SYNC_FLUSH };
  switch (encoding.trim().toLowerCase()) {
    case "gzip":
    case "x-gzip":
      return {
        decodeWhole: (bytes) => zlib.gunzipSync(bytes, zlibWhole),
        createStream: () => zlib.createGunzip(),
      };
    case "deflate":
      return {
        decodeWhole: (bytes) =>
          hasZlibHeader(bytes[0] ?? 0)
            ? zlib.inflateSync(bytes, zlibWhole)
            : zlib.inflateRawSync(bytes, zlibWhole),
        createStream: (firstByte) =>
          hasZlibHeader(firstByte) ? zlib.createInflate() : zlib.createInflateRaw(),
      };
    case "br":
      return {
        decodeWhole: (bytes) =>
          zlib.brotliDecompressSync(bytes, {
            ...whole,
            finishFlush: zlib.constants.BROTLI_OPERATION_FLUSH,
          }),
        createStream: () => zlib.createBrotliDecompress(),
      };
    case "zstd":
      // Not in Node 20.
      if (typeof zlib.createZstdDecompress !== "function") return undefined;
      return {
        decodeWhole: (bytes) =>
          zlib.zstdDecompressSync(bytes, { ...whole, finishFlush: zlib.constants.ZSTD_e_flush }),
        createStream: () => zlib.createZstdDecompress(),
      };
    default:
      return undefined;
  }
}

/** Some send "deflate" without it. */
function hasZlibHeader(firstByte: number): boolean {
  return (firstByte & 0x0f) === 8;
}
