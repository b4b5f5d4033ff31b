import { useCallback, useEffect, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import type { Call } from "../../shared/call.ts";
import { t } from "../localisation/t.ts";
import { type CallRow, callRow } from "../model/callView.ts";
import { Button } from "./controls.tsx";
import { useDashboard } from "./dashboardContext.ts";
import { moveBetweenRows, rowButton } from "./rovingRows.ts";
import { useWindowedRows } from "./windowedRows.ts";

const columns = [
  ["time", t("Time")],
  ["source", t("Source")],
  ["model", t("Model")],
  ["status", t("Status")],
  ["tokens", t("Tokens")],
  ["cost", t("Cost")],
  ["took", t("Took")],
] as const;

const ROW_HEIGHT = 31;
/** Older calls are read when so many of those that are there lie below the window. */
const READ_AHEAD = 300;

/** All calls that were read so far; only those near the window are drawn. */
export function CallTable() {
  const { calls, selectedCall, formats, period } = useDashboard();
  const loaded = calls.loaded.value?.calls ?? [];
  const cursor = calls.loaded.value?.cursor ?? null;
  const body = useRef<HTMLTableSectionElement>(null);
  const { first, end, before, after } = useWindowedRows(body, loaded.length, ROW_HEIGHT);
  const selectedId = selectedCall.value?.callId ?? null;
  const openedId = useRef<string | null>(null);

  // Closing the detail gives the keyboard back to the row it came from.
  useLayoutEffect(() => {
    if (selectedId !== null || openedId.current === null) return;
    body.current
      ?.querySelector<HTMLElement>(
        `[data-testid="${CSS.escape(`call-${openedId.current}`)}"] [data-row-button]`,
      )
      ?.focus();
    openedId.current = null;
  }, [selectedId]);
  useEffect(() => {
    if (end + READ_AHEAD >= loaded.length && first > 0) calls.loadMore();
  }, [end, first, loaded.length]);

  const open = useCallback((call: Call) => {
    openedId.current = call.callId;
    selectedCall.value = call.callId === selectedCall.value?.callId ? null : call;
  }, []);
  const count = formats.value.count(loaded.length);
  const tabStop = loaded.slice(first, end).some((call) => call.callId === selectedId)
    ? selectedId
    : loaded[first]?.callId;
  return (
    <div class="call-list">
      <table
        class={`figures calls-table ${period.value === "today" ? "of-today" : ""}`}
        data-testid="calls"
        aria-rowcount={cursor === null ? loaded.length + 1 : -1}
        onKeyDown={moveBetweenRows}
      >
        <thead>
          <tr aria-rowindex={1}>
            {columns.map(([name, label]) => (
              <th key={name} scope="col" class={`column-${name}`}>
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody ref={body}>
          <Room pixels={before} />
          {loaded.slice(first, end).map((call, index) => (
            <Row
              key={call.callId}
              call={call}
              index={first + index}
              tabStop={call.callId === tabStop}
              selected={call.callId === selectedId}
              onOpen={open}
            />
          ))}
          <Room pixels={after} />
        </tbody>
      </table>
      <p class="list-end dim">
        {cursor === null ? (
          <span data-testid="calls-end">
            {loaded.length === 1 ? t("This is the only call.") : t("These are all {0} calls.", count)}
          </span>
        ) : (
          <>
            <span>{t("The newest {0} calls.", count)}</span>
            <Button secondary testId="calls-more" disabled={calls.loadingMore.value} onClick={calls.loadMore}>
              {calls.loadingMore.value ? t("Reading…") : t("Show older calls")}
            </Button>
          </>
        )}
      </p>
    </div>
  );
}

/** The place of rows that are not drawn. One cell: a span would bring back the columns that a narrow page leaves out. */
function Room({ pixels }: { pixels: number }) {
  return pixels === 0 ? null : (
    <tr class="room">
      <td style={{ height: `${pixels}px` }} />
    </tr>
  );
}

interface RowProps {
  call: Call;
  index: number;
  tabStop: boolean;
  selected: boolean;
  onOpen: (call: Call) => void;
}

/** Drawn anew only where something about it has changed: a scroll touches all rows that stay in sight. */
function Row({ call, index, tabStop, selected, onOpen }: RowProps) {
  const { formats, nowMs } = useDashboard();
  const words = formats.value;
  const now = nowMs.value;
  return useMemo(
    () => drawnRow({ call, index, tabStop, selected, onOpen }, callRow(call, words, now)),
    [call, index, tabStop, selected, onOpen, words, now],
  );
}

function drawnRow(props: RowProps, row: CallRow) {
  const { call, selected } = props;
  return (
    // The button within does the same for the keyboard.
    <tr
      class={`openable ${selected ? "selected" : ""}`}
      data-testid={`call-${call.callId}`}
      data-status={call.status}
      data-window-row
      aria-rowindex={props.index + 2}
      onClick={() => props.onOpen(call)}
    >
      <th scope="row" class="column-time">
        <button
          type="button"
          class="row-key"
          aria-expanded={selected}
          tabIndex={props.tabStop ? 0 : -1}
          {...rowButton}
        >
          <time dateTime={call.startedAt}>{row.time}</time>
        </button>
      </th>
      <td data-column="source" class="column-source" title={row.source}>
        <span class="code">{row.source}</span>
        {row.kind !== "" && <span class="kind">{row.kind}</span>}
      </td>
      <td data-column="model" class="column-model code" title={row.model}>
        {row.model}
      </td>
      <td data-column="status" class={`column-status ${row.failed ? "bad" : "dim"}`} title={row.statusNote}>
        {row.status}
        {row.statusNote !== "" && <span class="status-note">{row.statusNote}</span>}
      </td>
      <td data-column="tokens" class="column-tokens" title={row.tokensHint}>
        {row.tokens}
      </td>
      <td
        data-column="cost"
        class={row.costKnown ? "column-cost money" : "column-cost dim"}
        title={row.costNote}
      >
        {row.cost}
        {row.costNote !== "" && row.costKnown && <span class="kind">{row.costNote}</span>}
      </td>
      <td data-column="duration" class="column-took">
        {row.duration}
      </td>
    </tr>
  );
}
