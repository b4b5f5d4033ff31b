/** What the host sends, where and as far as it is at hand. Looked at where it is text or bytes. */
export interface RequestBody {
  readonly value: unknown;
}

/** A body that is noted as it leaves. */
export interface RecordedBody extends RequestBody {
  /** Bytes, or text in an encoding (`utf8` where it is none); anything else is not noted. */
  add(chunk: unknown, encoding?: unknown): void;
}

/** What is longer is not looked at. */
const MAX_BODY_BYTES = 8 * 1024 * 1024;
/** Of a form, which may carry a whole recording, only the ends: the small fields stand before or after the file. */
const FORM_END_BYTES = 32 * 1024;

export function createRecordedBody(): RecordedBody {
  let parts: Uint8Array[] = [];
  let bytes = 0;
  return {
    add(chunk, encoding) {
      const part =
        typeof chunk === "string"
          ? Buffer.from(chunk, isEncoding(encoding) ? encoding : "utf8")
          : chunk instanceof Uint8Array
            ? chunk
            : undefined;
      if (part === undefined) return;
      bytes += part.byteLength;
      if (bytes <= MAX_BODY_BYTES) parts.push(part);
      else parts = [];
    },
    get value() {
      return parts.length === 1 ? parts[0] : Buffer.concat(parts);
    },
  };
}

function isEncoding(value: unknown): value is BufferEncoding {
  return typeof value === "string" && Buffer.isEncoding(value);
}

const DASH = 0x2d;

/** A request's body as text where it is at hand; streams and forms as objects belong to the host and are left alone. */
export function textOf(body: unknown): string {
  if (typeof body === "string") return body;
  const bytes = bytesOf(body);
  if (bytes === undefined || bytes.length > MAX_BODY_BYTES) return "";
  if (bytes[0] !== DASH || bytes.length <= 2 * FORM_END_BYTES) return bytes.toString();
  return `${bytes.subarray(0, FORM_END_BYTES).toString()}${bytes.subarray(-FORM_END_BYTES).toString()}`;
}

/** How many bytes of a body leave; `null` where it belongs to the host and its size is not told. */
export function sizeOf(body: unknown): number | null {
  if (typeof body === "string") return Buffer.byteLength(body);
  if (ArrayBuffer.isView(body) || body instanceof ArrayBuffer) return body.byteLength;
  return null;
}

/** The text of what is known of a body, and its length; both `undefined` where nothing is. */
export function sizedText({ value, bytes }: { value: unknown; bytes: number | undefined }): {
  text: string | undefined;
  bytes: number | undefined;
} {
  const text = textOf(value);
  const length = bytes ?? (text === "" ? bytesOf(value)?.length : undefined);
  return text === "" ? { text: undefined, bytes: length || undefined } : { text, bytes: length };
}

function bytesOf(body: unknown): Buffer | undefined {
  if (ArrayBuffer.isView(body)) return Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  return body instanceof ArrayBuffer ? Buffer.from(body) : undefined;
}
