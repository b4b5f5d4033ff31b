/** Colour for meaning alone: each function marks a piece of text, or leaves it as it is where colours are off. */
export interface Theme {
  strong(text: string): string;
  faint(text: string): string;
  good(text: string): string;
  warning(text: string): string;
  bad(text: string): string;
}

/** Select Graphic Rendition: what switches it on, and what switches off just that. */
const marks = {
  strong: [1, 22],
  faint: [2, 22],
  good: [32, 39],
  warning: [33, 39],
  bad: [31, 39],
} as const satisfies Record<keyof Theme, readonly [number, number]>;

function mark(name: keyof Theme, coloured: boolean): (text: string) => string {
  const [on, off] = marks[name];
  return coloured ? (text) => `\u001b[${on}m${text}\u001b[${off}m` : (text) => text;
}

export function createTheme(coloured: boolean): Theme {
  return {
    strong: mark("strong", coloured),
    faint: mark("faint", coloured),
    good: mark("good", coloured),
    warning: mark("warning", coloured),
    bad: mark("bad", coloured),
  };
}

/** Colours only on a terminal, and never where `NO_COLOR` (no-color.org) is set to anything or the terminal is dumb. */
export function wantsColour(isTty: boolean, env: Readonly<Record<string, string | undefined>>): boolean {
  return isTty && !env["NO_COLOR"] && env["TERM"] !== "dumb";
}
