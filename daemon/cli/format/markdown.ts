import { plainText } from "./text.ts";

export interface MarkdownColumn {
  header: string;
  align: "left" | "right";
}

/** Lines of a table in GitHub's Markdown; what is text in a cell stays text. */
export function markdownTable(
  columns: readonly MarkdownColumn[],
  rows: readonly (readonly string[])[],
): string[] {
  const line = (cells: readonly string[]) => `| ${cells.map(markdownText).join(" | ")} |`;
  return [
    line(columns.map(({ header }) => header)),
    `| ${columns.map(({ align }) => (align === "right" ? "---:" : "---")).join(" | ")} |`,
    ...rows.map(line),
  ];
}

function markdownText(text: string): string {
  return plainText(text).replace(/[\\|`*_<>[\]~]/g, "\\$&");
}
