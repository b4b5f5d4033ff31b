import { displayWidth, pad, shorten } from "./text.ts";

export interface Column<Row> {
  header: string;
  align: "left" | "right";
  cell(row: Row): string;
  /** Marks the padded cell; what it returns must be as wide as what it is given. */
  mark?(text: string, row: Row): string;
}

export interface TableOptions {
  /** Columns of the terminal: the first column of the table gives way where a row is longer. */
  columns: number;
  headerMark(text: string): string;
}

const GAP = "  ";
const NARROWEST = 12;

/** Lines of an aligned table: a header, then one line a row, with no space at any line's end. */
export function renderTable<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  options: TableOptions,
): string[] {
  const cells = rows.map((row) => columns.map((column) => column.cell(row)));
  const widths = columns.map((column, index) =>
    Math.max(displayWidth(column.header), ...cells.map((line) => displayWidth(line[index] ?? ""))),
  );
  const total = widths.reduce((sum, width) => sum + width, 0) + GAP.length * (columns.length - 1);
  const first = widths[0] ?? 0;
  if (total > options.columns) {
    widths[0] = Math.max(Math.min(NARROWEST, first), first - (total - options.columns));
  }
  const line = (texts: readonly string[], mark: (text: string, index: number) => string) =>
    columns
      .map((column, index) => {
        const width = widths[index] ?? 0;
        return mark(pad(shorten(texts[index] ?? "", width), width, column.align), index);
      })
      .join(GAP)
      .trimEnd();
  return [
    line(
      columns.map(({ header }) => header),
      (text) => options.headerMark(text),
    ),
    ...rows.map((row, place) =>
      line(cells[place] ?? [], (text, index) => columns[index]?.mark?.(text, row) ?? text),
    ),
  ];
}
