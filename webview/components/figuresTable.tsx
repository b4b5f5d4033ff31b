import type { ComponentChildren } from "preact";
import { t } from "../localisation/t.ts";
import {
  type FiguresCell,
  type FiguresColumn,
  type FiguresRow,
  nextSort,
  type TableSort,
} from "../model/figuresTable.ts";
import { Icon, IconButton } from "./controls.tsx";
import { moveBetweenRows, rowButton } from "./rovingRows.ts";

/** A table whose rows open something, and may narrow everything down to what they stand for. */
export function FiguresTable(props: {
  testId: string;
  columns: readonly FiguresColumn[];
  rows: readonly FiguresRow[];
  outdated: boolean;
  sort: TableSort | undefined;
  onSort: (sort: TableSort) => void;
  onOpen: (row: FiguresRow) => void;
  /** What a press on a row does. */
  opens: string;
  onNarrow?: (row: FiguresRow) => void;
  /** Stands under a row's name. */
  below?: (row: FiguresRow) => ComponentChildren;
}) {
  const { columns, rows, sort, onNarrow } = props;
  const [keyColumn, ...figureColumns] = columns;
  return (
    <table
      class={`figures figures-table ${props.outdated ? "outdated" : ""}`}
      data-testid={props.testId}
      onKeyDown={moveBetweenRows}
    >
      <thead>
        <tr>
          {[keyColumn, ...figureColumns].map(
            (column) =>
              column !== undefined && (
                <SortableHead key={column.name} column={column} sort={sort} onSort={props.onSort} />
              ),
          )}
        </tr>
      </thead>
      <tbody>
        {rows.map((row, index) => (
          // The button within does the same for the keyboard.
          <tr
            key={row.id ?? "\0none"}
            class="openable"
            data-testid={`row-${row.id ?? "none"}`}
            onClick={() => props.onOpen(row)}
          >
            <th scope="row" class="column-key">
              <span class="key-line">
                <button
                  type="button"
                  class="row-key"
                  title={`${row.title}\n${props.opens}`}
                  tabIndex={index === 0 ? 0 : -1}
                  {...rowButton}
                >
                  <span class="code">{row.label}</span>
                </button>
                {onNarrow !== undefined && (
                  <NarrowButton label={row.label} first={index === 0} onNarrow={() => onNarrow(row)} />
                )}
              </span>
              {props.below?.(row)}
            </th>
            {figureColumns.map(({ name, least }) => (
              <Cell key={name} name={name} least={least ?? false} cell={row.cells[name]} />
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Shows this value alone, in every view. */
export function NarrowButton(props: { label: string; first: boolean; onNarrow: () => void }) {
  const { label, first, onNarrow } = props;
  return (
    <IconButton
      icon="filter"
      label={t("Show only {0}", label)}
      testId="narrow"
      tabIndex={first ? 0 : -1}
      onClick={(event) => {
        // The row around it opens something else.
        event.stopPropagation();
        onNarrow();
      }}
    />
  );
}

function SortableHead(props: {
  column: FiguresColumn;
  sort: TableSort | undefined;
  onSort: (sort: TableSort) => void;
}) {
  const { column, sort } = props;
  const sorted = sort?.column === column.name;
  const direction = sort?.descending ? "descending" : "ascending";
  return (
    <th
      scope="col"
      class={`column-${column.name} ${column.least ? "least" : ""}`}
      aria-sort={sorted ? direction : "none"}
      title={column.hint}
    >
      <button
        type="button"
        class="column-head"
        data-testid={`sort-${column.name}`}
        onClick={() => props.onSort(nextSort(column.name, sort))}
      >
        {column.label}
        {sorted && <Icon name={sort.descending ? "arrow-down" : "arrow-up"} />}
      </button>
    </th>
  );
}

function Cell({ name, least, cell }: { name: string; least: boolean; cell: FiguresCell | undefined }) {
  const look = cell?.money ? "money" : cell?.bad ? "bad" : cell?.dim ? "dim" : "";
  return (
    <td data-column={name} class={`column-${name} ${look} ${least ? "least" : ""}`} title={cell?.title}>
      {cell?.text}
    </td>
  );
}
