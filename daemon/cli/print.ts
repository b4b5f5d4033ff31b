import type { CommandContext } from "./context.ts";

export function printLines(context: CommandContext, lines: readonly string[]): void {
  context.out.write(lines.map((line) => `${line}\n`).join(""));
}

export function printJson(context: CommandContext, value: unknown): void {
  context.out.write(`${JSON.stringify(value, null, 2)}\n`);
}
