export const QUOTE = 0x22;
export const BACKSLASH = 0x5c;
export const COLON = 0x3a;
export const COMMA = 0x2c;
export const OPEN_BRACE = 0x7b;
export const CLOSE_BRACE = 0x7d;
export const OPEN_BRACKET = 0x5b;
export const CLOSE_BRACKET = 0x5d;

/** 1 for each byte that means something outside a string. */
export const structural = marked([QUOTE, COLON, COMMA, OPEN_BRACE, CLOSE_BRACE, OPEN_BRACKET, CLOSE_BRACKET]);
/** The same for what lies deeper than any member that is looked at, where only the ends matter. */
export const brackets = marked([QUOTE, OPEN_BRACE, CLOSE_BRACE, OPEN_BRACKET, CLOSE_BRACKET]);

function marked(bytes: readonly number[]): Uint8Array {
  const table = new Uint8Array(256);
  for (const byte of bytes) table[byte] = 1;
  return table;
}

/** From here to the quote that ends the string, to a backslash before it, or to the end of the bytes. */
export function endOfPlainRun(bytes: Uint8Array, from: number): number {
  const quote = bytes.indexOf(QUOTE, from);
  const end = quote === -1 ? bytes.length : quote;
  // A quote right after something else than a backslash ends the string, whatever escapes there were before it.
  if (end > from && bytes[end - 1] !== BACKSLASH) return end;
  let backslashes = 0;
  while (end - 1 - backslashes >= from && bytes[end - 1 - backslashes] === BACKSLASH) backslashes += 1;
  return backslashes % 2 === 0 ? end : end - 1;
}

export function hasMoreThanBlanks(bytes: Uint8Array, from: number, to: number): boolean {
  for (let index = from; index < to; index += 1) if ((bytes[index] ?? 0) > 0x20) return true;
  return false;
}
