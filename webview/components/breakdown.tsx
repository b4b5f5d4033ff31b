import { useState } from "preact/hooks";
import { type Dimension, isDimension } from "../../shared/dimensions.ts";
import { UNATTRIBUTED } from "../../shared/sources.ts";
import {
  type BreakdownColumn,
  type BreakdownRow,
  breakdownColumns,
  breakdownRows,
  columnName,
  firstSort,
} from "../model/breakdown.ts";
import { SLOTS } from "../model/colourSlots.ts";
import { dimensionWords, menuDimensions, tabDimensions } from "../model/dimensionWords.ts";
import { Tabs } from "./choiceBar.tsx";
import { Button, Icon, Select, TextField } from "./controls.tsx";
import { useDashboard } from "./dashboardContext.ts";
import { moveBetweenRows, rowButton } from "./rovingRows.ts";

const PANEL = "breakdown";
const FIRST_ROWS = 50;
/** A search is offered where the eye alone no longer finds. */
const SEARCH_FROM = 8;

/** Where the money went, by one dimension. */
export function Breakdown({ slots }: { slots: ReadonlyMap<string | null, number> }) {
  const { spend, dimension, sort, search, formats, showCalls } = useDashboard();
  const [all, setAll] = useState(false);
  const { value, outdated } = spend.state.value;
  const found = value?.rows ?? [];
  const rows = breakdownRows(
    found,
    shownDimension(value?.groupBy, dimension.value),
    sort.value,
    search.value,
    formats.value,
  );
  const shown = all ? rows : rows.slice(0, FIRST_ROWS);

  return (
    <section class="breakdown" aria-label="Breakdown">
      <div class="breakdown-head">
        <DimensionPick />
        {(found.length >= SEARCH_FROM || search.value !== "") && (
          <div class="search">
            <TextField
              label={`Filter by ${dimensionWords(dimension.value).name.toLowerCase()}`}
              placeholder="Filter…"
              testId="breakdown-search"
              value={search.value}
              onInput={(text) => {
                search.value = text;
              }}
            />
          </div>
        )}
      </div>
      <div id={PANEL} role="tabpanel" aria-label={`By ${dimensionWords(dimension.value).name.toLowerCase()}`}>
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
                key={row.key ?? "\0none"}
                row={row}
                slot={slots.get(row.key) ?? SLOTS}
                first={index === 0}
                onOpen={() => showCalls({ filters: { [dimension.value]: [row.key ?? ""] } })}
              />
            ))}
          </tbody>
        </table>
        {rows.length === 0 && value !== null && (
          <p class="dim nothing">{search.value === "" ? "Nothing here yet." : "Nothing fits this filter."}</p>
        )}
        {rows.length > shown.length && (
          <Button secondary testId="breakdown-all" onClick={() => setAll(true)}>
            Show all {formats.value.count(rows.length)}
          </Button>
        )}
      </div>
    </section>
  );
}

/** While another dimension is read, the rows of the one before are still there. */
function shownDimension(groupBy: Dimension[] | undefined, chosen: Dimension): Dimension {
  return groupBy?.[0] ?? chosen;
}

function DimensionPick() {
  const { dimension, search } = useDashboard();
  const choose = (name: Dimension) => {
    dimension.value = name;
    search.value = "";
  };
  const more = "more";
  const inMenu = !tabDimensions.some((name) => name === dimension.value);
  return (
    <>
      <Tabs
        class="dimensions"
        label="Break down by"
        controls={PANEL}
        value={tabDimensions.find((name) => name === dimension.value) ?? null}
        choices={tabDimensions.map((name) => ({
          value: name,
          label: dimensionWords(name).name,
          testId: `dimension-${name}`,
        }))}
        onChoose={choose}
      />
      <div class={`more-dimensions ${inMenu ? "chosen" : ""}`}>
        <Select
          label="Break down by something else"
          testId="dimension-more"
          value={inMenu ? dimension.value : more}
          options={[
            { value: more, label: "More…" },
            ...menuDimensions.map((name) => ({ value: name, label: dimensionWords(name).name })),
          ]}
          onChange={(name) => {
            if (isDimension(name)) choose(name);
          }}
        />
      </div>
    </>
  );
}

function ColumnHead({ column }: { column: BreakdownColumn }) {
  const { sort, dimension } = useDashboard();
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
        {sorted && <Icon name={sort.value.descending ? "arrow-down" : "arrow-up"} />}
      </button>
    </th>
  );
}

function Row(props: { row: BreakdownRow; slot: number; first: boolean; onOpen: () => void }) {
  const { row, slot } = props;
  return (
    // The button within does the same for the keyboard.
    <tr data-testid={`row-${row.key ?? UNATTRIBUTED}`} class="openable" onClick={props.onOpen}>
      <th scope="row" class="column-key">
        <button
          type="button"
          class="row-key"
          title={`${row.title}\nShow its calls`}
          tabIndex={props.first ? 0 : -1}
          {...rowButton}
        >
          <span class="code">{row.label}</span>
          {row.kind !== "" && <span class="kind">{row.kind}</span>}
        </button>
        <span class="share" aria-hidden="true">
          <i class={`slot-${slot}`} style={{ width: `${row.share * 100}%` }} />
        </span>
        <span class="narrow-facts">
          {row.calls} calls · {row.perCall} each · {row.tokens} tokens · p95 {row.p95}
          {row.failing ? ` · ${row.errors} errors` : ""}
        </span>
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
