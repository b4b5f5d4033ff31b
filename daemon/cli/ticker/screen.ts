import type { Terminal } from "../context.ts";

/** Lines of a terminal that are drawn over again in place, below whatever was written before. */
export interface Screen {
  draw(lines: readonly string[]): void;
  /** Leaves the last drawing and gives the cursor back. */
  close(): void;
}

const HIDE_CURSOR = "\u001b[?25l";
const SHOW_CURSOR = "\u001b[?25h";
const CLEAR_BELOW = "\u001b[J";

export function openScreen(terminal: Terminal): Screen {
  let drawn = 0;
  terminal.write(HIDE_CURSOR);
  return {
    draw(lines) {
      const up = drawn === 0 ? "" : `\u001b[${drawn}A`;
      terminal.write(`${up}\r${CLEAR_BELOW}${lines.map((line) => `${line}\n`).join("")}`);
      drawn = lines.length;
    },
    close() {
      terminal.write(SHOW_CURSOR);
    },
  };
}
