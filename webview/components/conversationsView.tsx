import type { Conversations } from "../../shared/conversations.ts";
import { t } from "../localisation/t.ts";
import {
  conversationColumns,
  conversationRow,
  type ModelPart,
  modelParts,
  modelSlots,
} from "../model/conversationView.ts";
import { arrangedRows, type TableSort } from "../model/figuresTable.ts";
import { useDashboard } from "./dashboardContext.ts";
import { EmptyState } from "./emptyState.tsx";
import { FiguresTable } from "./figuresTable.tsx";
import { ResourceView } from "./resourceView.tsx";
import { SearchField } from "./searchField.tsx";
import { Words } from "./words.tsx";

/** What conversations cost, and which models went into them. */
export function ConversationsView() {
  const { conversations, total } = useDashboard();
  return (
    <ResourceView
      testId="conversations-view"
      resource={conversations}
      loading={t("Reading conversations…")}
      isEmpty={({ count }) => count === 0}
      empty={(total.value?.calls ?? 0) === 0 ? <EmptyState /> : <NoConversations />}
    >
      {(value, outdated) => <Found conversations={value} outdated={outdated} />}
    </ResourceView>
  );
}

function Found({ conversations, outdated }: { conversations: Conversations; outdated: boolean }) {
  const { formats, sorts, search, showCalls } = useDashboard();
  const slots = modelSlots(conversations);
  const byId = new Map(conversations.conversations.map((each) => [each.conversationId, each]));
  const rows = conversations.conversations.map((each) => conversationRow(each, formats.value));
  const sort: TableSort = sorts.value.conversations ?? { column: "spend", descending: true };
  const { count } = conversations;
  const most = Math.max(1e-9, ...conversations.conversations.map(({ costUsd }) => Number(costUsd)));
  const parts = modelParts(conversations.models, slots, formats.value);
  return (
    <>
      <div class="summary">
        <p>
          <b class="money" data-testid="conversations-total">
            {formats.value.usd(conversations.total.costUsd)}
          </b>{" "}
          <span data-testid="conversations-count">
            {count === 1 ? t("in 1 conversation") : t("in {0} conversations", formats.value.count(count))}
          </span>
        </p>
        <ModelBar parts={parts} />
        <ul class="legend" aria-label={t("Models")}>
          {legendOf(parts).map(({ slot, label, title }) => (
            <li key={slot} title={title}>
              <i class={`swatch slot-${slot}`} aria-hidden="true" />
              <span class="legend-name">{label}</span>
            </li>
          ))}
        </ul>
      </div>
      <div class="breakdown-head">
        <SearchField of={rows.length} label={t("Filter conversations")} />
      </div>
      <FiguresTable
        testId="conversations"
        columns={conversationColumns()}
        rows={arrangedRows(rows, sort, search.value)}
        outdated={outdated}
        sort={sort}
        onSort={(next) => {
          sorts.value = { ...sorts.value, conversations: next };
        }}
        opens={t("Show its calls")}
        onOpen={(row) => showCalls({ filters: { conversation: [row.id ?? ""] } })}
        below={(row) => (
          <ModelBar
            parts={modelParts(byId.get(row.id ?? "")?.models ?? [], slots, formats.value)}
            width={Number(byId.get(row.id ?? "")?.costUsd ?? 0) / most}
            small
          />
        )}
      />
      {count > rows.length && (
        <p class="dim nothing">
          {t("The {0} that cost most, of {1}.", formats.value.count(rows.length), formats.value.count(count))}
        </p>
      )}
    </>
  );
}

/** Models side by side, each as wide as its part of a bar that is filled up to `width`, 0 to 1. */
function ModelBar(props: { parts: readonly ModelPart[]; small?: boolean; width?: number }) {
  const { parts, small = false, width = 1 } = props;
  const words = parts.map(({ title }) => title).join("\n");
  return (
    <span class={small ? "model-bar small-bar" : "model-bar"} role="img" aria-label={words} title={words}>
      {parts.map(({ label, slot, share }) => (
        <i key={label} class={`slot-${slot}`} style={{ width: `${share * width * 100}%` }} />
      ))}
    </span>
  );
}

/** One entry a colour: models that share one stand together. */
function legendOf(parts: readonly ModelPart[]): ModelPart[] {
  const bySlot = new Map<number, ModelPart>();
  for (const part of parts) {
    const before = bySlot.get(part.slot);
    bySlot.set(
      part.slot,
      before === undefined ? part : { ...before, label: t("other"), title: `${before.title}\n${part.title}` },
    );
  }
  return [...bySlot.values()];
}

function NoConversations() {
  return (
    <section class="state" data-testid="state-empty">
      <h2>{t("No conversations")}</h2>
      <p>
        <Words
          text={t(
            "Calls belong to a conversation where your code says so: `withAttributes({ conversationId }, …)`, or by an OpenTelemetry span that names one.",
          )}
        />
      </p>
    </section>
  );
}
