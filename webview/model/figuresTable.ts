/** By which column a table is sorted; what it does not have leaves it as it comes. */
export interface TableSort {
  column: string;
  descending: boolean;
}

/** A table of figures by some key, as any view may show it. The first column is the key's. */
export interface FiguresColumn {
  name: string;
  label: string;
  hint?: string;
  /** Left out first where there is little room. */
  least?: boolean;
}

export interface FiguresCell {
  text: string;
  /** What rows are sorted by. */
  order: number | string;
  title?: string;
  bad?: boolean;
  dim?: boolean;
  money?: boolean;
}

export interface FiguresRow {
  /** The key itself; `null` is "none". */
  id: string | null;
  /** How it is shown, and in full. */
  label: string;
  title: string;
  cells: Record<string, FiguresCell>;
}

/** What `search` finds (in any case), in the order of `sort`. */
export function arrangedRows(
  rows: readonly FiguresRow[],
  sort: TableSort | undefined,
  search: string,
): FiguresRow[] {
  const wanted = search.trim().toLocaleLowerCase();
  const found = rows.filter(
    ({ label, title }) => wanted === "" || `${label} ${title}`.toLocaleLowerCase().includes(wanted),
  );
  if (sort === undefined) return found;
  const sign = sort.descending ? -1 : 1;
  return found.toSorted((a, b) => sign * compare(orderOf(a, sort.column), orderOf(b, sort.column)));
}

/** Figures start with the largest, names with A; once more turns them round. */
export function nextSort(column: string, sort: TableSort | undefined): TableSort {
  return sort?.column === column
    ? { column, descending: !sort.descending }
    : { column, descending: column !== "key" };
}

function orderOf(row: FiguresRow, column: string): number | string {
  return column === "key" ? row.label : (row.cells[column]?.order ?? -1);
}

function compare(a: number | string, b: number | string): number {
  return typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b));
}
