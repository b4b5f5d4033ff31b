import { loadBuiltin } from "../builtin.ts";

/** Version and variant of a UUIDv7 with random bits between, drawn once a process: as in a UUIDv4 past its version. */
let fixedPart: string | undefined;
/** The last 48 bits, counted up from a random start: RFC 9562, method 1, with the counter where the random bits are. */
let counter = 0;

const COUNTER_DIGITS = 12;

/** Two digits for each byte, made with the first id: to write a number in hex costs V8 more than all else that is done here. */
let bytesInHex: readonly string[] = [];

/** Of the lower 16 bits, 4 digits. */
function hex16(bits: number): string {
  return `${bytesInHex[(bits >>> 8) & 0xff]}${bytesInHex[bits & 0xff]}`;
}

/** Of the lower 32 bits, 8 digits. */
function hex32(bits: number): string {
  return hex16(bits >>> 16) + hex16(bits);
}

/** What is above the lower 16 bits of a whole number, which may have 48. */
function above16(number: number): number {
  return Math.floor(number / 0x1_0000);
}

/** A UUIDv7 (RFC 9562): milliseconds since 1970, then bits that are unique to this process and this call. */
export function makeUuidV7(nowMs: number): string {
  if (fixedPart === undefined) {
    const random = loadBuiltin("crypto").randomUUID();
    bytesInHex = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));
    fixedPart = `7${random.slice(15, 24)}`;
    // From the lower half of its range, so that there is always room to count.
    counter = Math.floor(Number.parseInt(random.slice(-COUNTER_DIGITS), 16) / 2);
  }
  counter += 1;
  const time = Math.floor(nowMs);
  return `${hex32(above16(time))}-${hex16(time % 0x1_0000)}-${fixedPart}${hex32(above16(counter))}${hex16(counter % 0x1_0000)}`;
}
