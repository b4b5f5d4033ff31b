import { COLON, OPEN_BRACE, QUOTE } from "./jsonBytes.ts";

/*
 * Members of JSON whose value is an object, found by their looks: in a string it could be as well. A needle is the member's
 * name with its closing quote. Not with the other one: a search goes from one first character to the next, and none is as
 * frequent in JSON.
 */

/** Whether a member of this (quoted) name has an object as its value, by its looks: in a string it could be as well. */
export function namesAnObject(bytes: Buffer, needle: Buffer | undefined): boolean {
  return needle !== undefined && lastObject(bytes, needle) !== -1;
}

/** Where the name of the last such member stands, or -1. */
function lastObject(bytes: Buffer, needle: Buffer): number {
  for (
    let at = bytes.lastIndexOf(needle);
    at !== -1;
    at = at === 0 ? -1 : bytes.lastIndexOf(needle, at - 1)
  ) {
    if (namesObject(bytes, at, at + needle.length)) return at;
  }
  return -1;
}

export function addLastObject(bytes: Buffer, needle: Buffer, places: number[]): void {
  const at = lastObject(bytes, needle);
  if (at !== -1) places.push(at);
}

export function addObjects(bytes: Buffer, needle: Buffer, places: number[]): void {
  for (let at = bytes.indexOf(needle); at !== -1; at = bytes.indexOf(needle, at + needle.length)) {
    if (namesObject(bytes, at, at + needle.length)) places.push(at);
  }
}

export function addAll(bytes: Buffer, needle: Buffer, places: number[]): void {
  for (let at = bytes.indexOf(needle); at !== -1; at = bytes.indexOf(needle, at + needle.length)) {
    places.push(at);
  }
}

/** Whether a quote is before it, and a colon and an object follow. */
function namesObject(bytes: Buffer, start: number, end: number): boolean {
  if (bytes[start - 1] !== QUOTE) return false;
  let index = end;
  while (isBlank(bytes[index])) index += 1;
  if (bytes[index] !== COLON) return false;
  index += 1;
  while (isBlank(bytes[index])) index += 1;
  return bytes[index] === OPEN_BRACE;
}

export function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}
