import type { JsonValue } from "../../shared/call.ts";

/** Copies one member's value out of bytes that come in pieces. */
export interface FieldCapture {
  /** The name of the member whose value is being copied. No getter: V8 would make a hidden class for each capture. */
  name(): string | undefined;
  /** From here on; a member that is only stepped over takes nothing in. */
  begin(name: string, start: number, isTaken: boolean): void;
  /** These bytes end before the value does. */
  carry(bytes: Uint8Array): void;
  /** The value ends before this place. `undefined` where it is too long, left out, or no JSON. */
  finish(bytes: Uint8Array, end: number): JsonValue | undefined;
  /** How many bytes the last value took. */
  size(): number;
  cancel(): void;
}

/** A field longer than this is no usage, and left out. */
const MAX_FIELD_BYTES = 24 * 1024;

export function createFieldCapture(): FieldCapture {
  let name: string | undefined;
  let start = 0;
  let size = 0;
  /** What came before the bytes that are looked at: copies, for those are the host's. */
  let carried: Buffer[] = [];

  const cancel = () => {
    name = undefined;
    carried = [];
  };

  return {
    name: () => name,
    begin(member, from, isTaken) {
      name = member;
      start = from;
      // What is too long already takes nothing in.
      size = isTaken ? 0 : Number.POSITIVE_INFINITY;
    },
    carry(bytes) {
      size += bytes.length - start;
      if (size <= MAX_FIELD_BYTES && start < bytes.length) carried.push(Buffer.from(bytes.subarray(start)));
      start = 0;
    },
    finish(bytes, end) {
      size += end - start;
      const before = carried;
      cancel();
      if (size > MAX_FIELD_BYTES) return undefined;
      const last = textOf(bytes, start, end);
      // Characters may have been cut in two.
      return parsed(
        before.length === 0 ? last : Buffer.concat([...before, bytes.subarray(start, end)]).toString(),
      );
    },
    size: () => size,
    cancel,
  };
}

function textOf(bytes: Uint8Array, start: number, end: number): string {
  const buffer = bytes instanceof Buffer ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  return buffer.toString("utf8", start, end);
}

function parsed(json: string): JsonValue | undefined {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
