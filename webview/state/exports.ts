import type { Call } from "../../shared/call.ts";
import type { Answer, Failure } from "../hosts/dashboardHost.ts";
import {
  callTable,
  circuitTable,
  conversationTable,
  csvOf,
  type ExportTable,
  performanceTable,
  priceTable,
  spendTable,
} from "../model/exportTable.ts";
import type { View } from "./choices.ts";
import type { Dashboard } from "./dashboard.ts";

export const exportFormats = ["csv", "json", "png"] as const;
export type ExportFormat = (typeof exportFormats)[number];

const CALLS_PER_REQUEST = 1_000;
/** More calls than that are exported by `taximeter export`, which needs not hold them all. */
export const MOST_EXPORTED_CALLS = 100_000;

/** What a view exports: as a table, and as the answer that it shows. */
interface Exported {
  table: ExportTable;
  answer: unknown;
}

/** Views whose picture can be taken: those with a chart. */
export const picturedViews: ReadonlySet<View> = new Set(["overview", "performance", "team"]);

/**
 * Exports what the current view shows, all of it, not only what is on the screen. `progress` hears how many calls were
 * read. `null` when it was handed over to be saved.
 */
export async function exportFigures(
  dashboard: Dashboard,
  format: "csv" | "json",
  progress: (calls: number) => void,
): Promise<Failure | null> {
  const found = await exportedOf(dashboard, progress);
  if (!found.ok) return found.failure;
  const { table, answer } = found.value;
  await dashboard.host.saveFile(
    format === "csv"
      ? { name: exportName(dashboard, "csv"), mediaType: "text/csv", content: csvOf(table) }
      : {
          name: exportName(dashboard, "json"),
          mediaType: "application/json",
          content: `${JSON.stringify(answer, null, 2)}\n`,
        },
  );
  return null;
}

/** `taximeter-overview-2026-11-20.csv`, by the day on which it was exported. */
export function exportName({ view, surroundings }: Dashboard, format: ExportFormat): string {
  const day = new Date(surroundings.timers.now()).toISOString().slice(0, 10);
  return `taximeter-${view.value}-${day}.${format}`;
}

async function exportedOf(
  dashboard: Dashboard,
  progress: (calls: number) => void,
): Promise<Answer<Exported>> {
  const { view, spend, conversations, performance, teamSpend, prices, breakers } = dashboard;
  switch (view.value) {
    case "overview":
      return ofAnswer(spend.state.value, (value) => spendTable(value.rows, value.groupBy));
    case "conversations":
      return ofAnswer(conversations.state.value, (value) => conversationTable(value.conversations));
    case "performance":
      return ofAnswer(performance.state.value, (value) => performanceTable(value.rows, value.groupBy));
    case "team":
      return ofAnswer(teamSpend.state.value, (value) => spendTable(value.rows, value.groupBy));
    case "prices":
      return ofAnswer(prices.state.value, (value) => priceTable(value.overrides, value.unpriced));
    case "protection":
      return ofAnswer(breakers.state.value, (value) => circuitTable(value.circuits));
    case "calls": {
      const calls = await readCalls(dashboard, progress);
      return calls.ok
        ? { ok: true, value: { table: callTable(calls.value), answer: { calls: calls.value } } }
        : calls;
    }
    default:
      return view.value satisfies never;
  }
}

function ofAnswer<T>(
  { value, failure }: { value: T | null; failure: Failure | null },
  table: (value: T) => ExportTable,
): Answer<Exported> {
  if (value !== null) return { ok: true, value: { table: table(value), answer: value } };
  return failure === null
    ? { ok: true, value: { table: { columns: [], rows: [] }, answer: {} } }
    : { ok: false, failure };
}

/** All calls that the list is about, from the newest. */
async function readCalls(
  { host, callsQuery }: Dashboard,
  progress: (calls: number) => void,
): Promise<Answer<Call[]>> {
  const query = callsQuery.value;
  const calls: Call[] = [];
  let cursor: string | null = null;
  do {
    const answer: Answer<{ calls: Call[]; nextCursor: string | null }> = await host.request("calls", {
      query: { ...query, limit: CALLS_PER_REQUEST, ...(cursor === null ? {} : { cursor }) },
    });
    if (!answer.ok) return answer;
    calls.push(...answer.value.calls);
    cursor = answer.value.nextCursor;
    progress(calls.length);
  } while (cursor !== null && calls.length < MOST_EXPORTED_CALLS);
  return { ok: true, value: calls };
}
