import { useState } from "preact/hooks";
import type { Dimension, Filters } from "../../shared/dimensions.ts";
import { UNATTRIBUTED } from "../../shared/sources.ts";
import { t } from "../localisation/t.ts";
import {
  type BreakdownColumn,
  type BreakdownRow,
  breakdownColumns,
  breakdownRows,
  columnName,
  firstSort,
} from "../model/breakdown.ts";
import { SLOTS } from "../model/colourSlots.ts";
import { dimensionWords } from "../model/dimensionWords.ts";
import { Button, Icon } from "./controls.tsx";
import { useDashboard } from "./dashboardContext.ts";
import { DimensionPick, SecondDimensionPick } from "./dimensionPick.tsx";
import { NarrowButton } from "./figuresTable.tsx";
import { moveBetweenRows, rowButton } from "./rovingRows.ts";
import { SearchField } from "./searchField.tsx";

const PANEL = "breakdown";
const FIRST_ROWS = 50;

/** Where the money went, by one dimension, or by a second one within it. */
export function Breakdown({ slots }: { slots: ReadonlyMap<string | null, number> }) {
  const { spend, dimension, second, sort, search, formats, showCalls, narrow } = useDashboard();
  const [all, setAll] = useState(false);
  const { value, outdated } = spend.state.value;
  const found = value?.rows ?? [];
  const by = shownDimensions(value?.groupBy, dimension.value);
  const rows = breakdownRows(found, by, sort.value, search.value, formats.value);
  const shown = all ? rows : rows.slice(0, FIRST_ROWS);
  const dimensionName = dimensionWords(dimension.value).name;

  return (
    <section class="breakdown" aria-label={t("Breakdown")}>
      <div class="breakdown-head">
        <DimensionPick
          label={t("Break down by")}
          controls={PANEL}
          value={dimension.value}
          onChoose={(name) => {
            dimension.value = name;
            if (second.value === name) second.value = null;
            search.value = "";
          }}
        />
        <SecondDimensionPick />
        <SearchField of={found.length} label={t("Filter by {0}", dimensionName)} />
      </div>
      <div id={PANEL} role="tabpanel" aria-label={t("By {0}", dimensionName)}>
        <table
          class={`figures ${outdated ? "outdated" : ""}`}
          data-testid="breakdown"
          onKeyDown={moveBetweenRows}
        >
          <thead>
            <tr>
              {breakdownColumns.map((column) => (
                <ColumnHead key={column} column={column} />
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((row, index) => (
              <Row
                key={row.id}
                row={row}
                slot={slots.get(row.key) ?? SLOTS}
                first={index === 0}
                onOpen={() => showCalls({ filters: filtersOf(row, by) })}
                onNarrow={() => {
                  for (const [index, name] of by.entries()) narrow(name, row.keys[index] ?? "");
                }}
              />
            ))}
          </tbody>
        </table>
        {rows.length === 0 && value !== null && (
          <p class="dim nothing">
            {search.value === "" ? t("Nothing here yet.") : t("Nothing fits this filter.")}
          </p>
        )}
        {rows.length > shown.length && (
          <Button secondary testId="breakdown-all" onClick={() => setAll(true)}>
            {t("Show all {0}", formats.value.count(rows.length))}
          </Button>
        )}
      </div>
    </section>
  );
}

/** While another dimension is read, the rows of the one before are still there. */
function shownDimensions(groupBy: Dimension[] | undefined, chosen: Dimension): Dimension[] {
  return groupBy === undefined || groupBy.length === 0 ? [chosen] : groupBy;
}

function filtersOf(row: BreakdownRow, by: readonly Dimension[]): Filters {
  return Object.fromEntries(by.map((name, index) => [name, [row.keys[index] ?? ""]]));
}

function ColumnHead({ column }: { column: BreakdownColumn }) {
  const { sort, dimension, second } = useDashboard();
  const sorted = sort.value.column === column;
  const direction = sort.value.descending ? "descending" : "ascending";
  return (
    <th scope="col" class={`column-${column}`} aria-sort={sorted ? direction : "none"}>
      <button
        type="button"
        class="column-head"
        data-testid={`sort-${column}`}
        onClick={() => {
          sort.value = sorted ? { column, descending: !sort.value.descending } : firstSort(column);
        }}
      >
        {columnName(column, dimension.value)}
        {column === "key" && second.value !== null && ` › ${dimensionWords(second.value).name}`}
        {sorted && <Icon name={sort.value.descending ? "arrow-down" : "arrow-up"} />}
      </button>
    </th>
  );
}

function Row(props: {
  row: BreakdownRow;
  slot: number;
  first: boolean;
  onOpen: () => void;
  onNarrow: () => void;
}) {
  const { row, slot } = props;
  const testId = row.keys.map((key) => key ?? UNATTRIBUTED).join("|");
  return (
    // The button within does the same for the keyboard.
    <tr data-testid={`row-${testId}`} class="openable" onClick={props.onOpen}>
      <th scope="row" class="column-key">
        <span class="key-line">
          <button
            type="button"
            class="row-key"
            title={`${row.title}\n${t("Show its calls")}`}
            tabIndex={props.first ? 0 : -1}
            {...rowButton}
          >
            <span class="code">{row.label}</span>
            {row.within !== null && <span class="code within">{row.within}</span>}
            {row.kind !== "" && <span class="kind">{row.kind}</span>}
          </button>
          <NarrowButton label={row.label} first={props.first} onNarrow={props.onNarrow} />
        </span>
        <span class="share" aria-hidden="true">
          <i class={`slot-${slot}`} style={{ width: `${row.share * 100}%` }} />
        </span>
        <span class="narrow-facts">{row.inLine}</span>
      </th>
      <td data-column="spend" class={row.priced ? "money" : "dim"} title={row.spendNote}>
        {row.spend}
      </td>
      <td data-column="calls" class="column-calls">
        {row.calls}
      </td>
      <td data-column="perCall" class="column-perCall">
        {row.perCall}
      </td>
      <td data-column="tokens" class="column-tokens">
        {row.tokens}
      </td>
      <td data-column="p95" class="column-p95">
        {row.p95}
      </td>
      <td data-column="errors" class={`column-errors ${row.failing ? "bad" : "dim"}`}>
        {row.errors}
      </td>
    </tr>
  );
}
