import { useLayoutEffect, useRef } from "preact/hooks";
import type { Call } from "../../shared/call.ts";
import { callRow } from "../model/callView.ts";
import { Button } from "./controls.tsx";
import { useDashboard } from "./dashboardContext.ts";
import { moveBetweenRows, rowButton } from "./rovingRows.ts";

const columns = ["Time", "Source", "Model", "Status", "Tokens", "Cost", "Took"] as const;

export function CallTable() {
  const { calls, selectedCall, formats, period } = useDashboard();
  const loaded = calls.loaded.value;
  const opener = useRef<HTMLElement | null>(null);
  const selectedId = selectedCall.value?.callId ?? null;

  // Closing the detail gives the keyboard back to the row it came from.
  useLayoutEffect(() => {
    if (selectedId === null) opener.current?.focus();
  }, [selectedId]);

  if (loaded === null) return null;
  const count = formats.value.count(loaded.calls.length);
  return (
    <div class="call-list">
      <table
        class={`figures calls-table ${period.value === "today" ? "of-today" : ""}`}
        data-testid="calls"
        onKeyDown={moveBetweenRows}
      >
        <thead>
          <tr>
            {columns.map((name) => (
              <th key={name} scope="col" class={`column-${name.toLowerCase()}`}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {loaded.calls.map((call, index) => (
            <Row
              key={call.callId}
              call={call}
              first={selectedId === null ? index === 0 : call.callId === selectedId}
              selected={call.callId === selectedId}
              onOpen={(button) => {
                opener.current = button;
                selectedCall.value = call.callId === selectedId ? null : call;
              }}
            />
          ))}
        </tbody>
      </table>
      <p class="list-end dim">
        {loaded.cursor === null ? (
          <span data-testid="calls-end">
            {loaded.calls.length === 1 ? "This is the only call." : `These are all ${count} calls.`}
          </span>
        ) : (
          <>
            <span>The newest {count} calls.</span>
            <Button secondary testId="calls-more" disabled={calls.loadingMore.value} onClick={calls.loadMore}>
              {calls.loadingMore.value ? "Reading…" : "Show older calls"}
            </Button>
          </>
        )}
      </p>
    </div>
  );
}

function Row(props: {
  call: Call;
  first: boolean;
  selected: boolean;
  onOpen: (button: HTMLElement | null) => void;
}) {
  const { formats, nowMs } = useDashboard();
  const row = callRow(props.call, formats.value, nowMs.value);
  const button = useRef<HTMLButtonElement>(null);
  return (
    // The button within does the same for the keyboard.
    <tr
      class={`openable ${props.selected ? "selected" : ""}`}
      data-testid={`call-${props.call.callId}`}
      data-status={props.call.status}
      onClick={() => props.onOpen(button.current)}
    >
      <th scope="row" class="column-time">
        <button
          ref={button}
          type="button"
          class="row-key"
          aria-expanded={props.selected}
          tabIndex={props.first ? 0 : -1}
          {...rowButton}
        >
          <time dateTime={props.call.startedAt}>{row.time}</time>
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
