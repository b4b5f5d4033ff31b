import { loadBuiltin } from "../builtin.ts";

/** Version and variant of a UUIDv7 with random bits between, drawn once a process: as in a UUIDv4 past its version. */
let fixedPart: string | undefined;
/** The last 48 bits, counted up from a random start: RFC 9562, method 1, with the counter where the random bits are. */
let counter = 0;

const COUNTER_DIGITS = 12;

/** A UUIDv7 (RFC 9562): milliseconds since 1970, then bits that are unique to this process and this call. */
export function makeUuidV7(nowMs: number): string {
  if (fixedPart === undefined) {
    const random = loadBuiltin("crypto").randomUUID();
    fixedPart = `7${random.slice(15, 24)}`;
    // From the lower half of its range, so that there is always room to count.
    counter = Math.floor(Number.parseInt(random.slice(-COUNTER_DIGITS), 16) / 2);
  }
  counter += 1;
  const time = Math.floor(nowMs).toString(16).padStart(12, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-${fixedPart}${counter.toString(16).padStart(COUNTER_DIGITS, "0")}`;
}
