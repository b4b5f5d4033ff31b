/**
 * Text that came from somewhere else (a model's name, a route, an error of a provider), made safe for a terminal: without
 * control characters, which could move the cursor or forge a line.
 */
export function plainText(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu, " ");
}

/** Columns that a text takes in a terminal. Wide characters count two; combining and zero-width ones none. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of withoutColour(text)) {
    if (/\p{Mn}|\p{Me}|\p{Cf}/u.test(character)) continue;
    width += isWide(character.codePointAt(0) ?? 0) ? 2 : 1;
  }
  return width;
}

function withoutColour(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control sequences
  return text.replace(/\u001b\[\d+m/g, "");
}

/** East Asian wide and emoji blocks (Unicode TR 11, its large ranges). */
function isWide(point: number): boolean {
  return (
    (point >= 0x1100 && point <= 0x115f) ||
    (point >= 0x2e80 && point <= 0xa4cf) ||
    (point >= 0xac00 && point <= 0xd7a3) ||
    (point >= 0xf900 && point <= 0xfaff) ||
    (point >= 0xfe30 && point <= 0xfe6f) ||
    (point >= 0xff00 && point <= 0xff60) ||
    (point >= 0x1f300 && point <= 0x1faff) ||
    (point >= 0x20000 && point <= 0x3fffd)
  );
}

/** The text in at most so many columns, its middle left out where it is longer: both ends of a path tell something. */
export function shorten(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text;
  const characters = [...text];
  const head = Math.ceil((columns - 1) / 2);
  const tail = columns - 1 - head;
  let shortened = `${characters.slice(0, head).join("")}…${tail > 0 ? characters.slice(-tail).join("") : ""}`;
  while (displayWidth(shortened) > columns) shortened = [...shortened].slice(0, -1).join("");
  return shortened;
}

/** Left-aligned, or right-aligned, in so many columns. */
export function pad(text: string, columns: number, align: "left" | "right"): string {
  const space = " ".repeat(Math.max(0, columns - displayWidth(text)));
  return align === "left" ? text + space : space + text;
}
