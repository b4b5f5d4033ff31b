/**
 * Text from outside (a source, a model, a label) for use inside Markdown: shown as it is, on one line, never as markup,
 * link, HTML or icon. A word joiner breaks up `$(name)`, which VS Code turns into an icon after Markdown has gone.
 */
export function escapeMarkdown(text: string): string {
  return text
    .replace(/\s+/g, " ")
    .replace(/[\\`*_{}[\]()#+\-.!|<>&~^=:@"']/g, "\\$&")
    .replace(/\$(?=\\\()/g, "$\u2060");
}

/** Cells must be Markdown already. The columns named by `right` are aligned to the right. */
export function markdownTable(header: string[], rows: string[][], right: ReadonlySet<number>): string {
  const line = (cells: string[]) => `| ${cells.join(" | ")} |`;
  const rule = header.map((_, column) => (right.has(column) ? "--:" : ":--"));
  return [line(header), line(rule), ...rows.map(line)].join("\n");
}
