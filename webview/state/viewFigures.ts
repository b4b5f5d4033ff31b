import { computed, type ReadonlySignal } from "@preact/signals";
import type { Call } from "../../shared/call.ts";
import type { CallDetail } from "../../shared/callDetail.ts";
import type { CallsQuery } from "../../shared/callPages.ts";
import type { Conversations, ConversationsQuery } from "../../shared/conversations.ts";
import type { Performance, PerformanceQuery } from "../../shared/performance.ts";
import type { Prices, PricesQuery } from "../../shared/prices.ts";
import type { Breakers } from "../../shared/protection.ts";
import type { DashboardHost } from "../hosts/dashboardHost.ts";
import { intervalOf } from "../model/period.ts";
import { type CallList, createCallList } from "./callList.ts";
import type { ChoiceSignals } from "./choiceSignals.ts";
import type { View } from "./choices.ts";
import { createResource, type Resource } from "./resource.ts";
import type { Narrowed } from "./spendFigures.ts";

const CONVERSATIONS = 200;

/** What one view alone shows: read only while it is looked at. */
export interface ViewFigures {
  /** What the list of calls asks for; `null` while it is not looked at. */
  callsQuery: ReadonlySignal<CallsQuery | null>;
  calls: CallList;
  /** Of the selected call. */
  callDetail: Resource<CallDetail>;
  conversations: Resource<Conversations>;
  performance: Resource<Performance>;
  prices: Resource<Prices>;
  breakers: Resource<Breakers>;
}

export function createViewFigures(
  host: DashboardHost,
  choices: ChoiceSignals,
  { range, filters }: Narrowed,
  selectedCall: ReadonlySignal<Call | null>,
  workspace: string | null,
): ViewFigures {
  const { view, period, callFilters, performanceBy, scope } = choices;
  /** A question of one view: nobody asks it while another is looked at. */
  const within = <Question>(name: View, question: () => Question) =>
    computed((): Question | null => (view.value === name ? question() : null));

  const callsQuery = within("calls", (): CallsQuery => {
    const { filters: more, status, costStatus } = callFilters.value;
    return {
      ...range.value,
      filters: { ...filters.value, ...more },
      ...(status === null ? {} : { status }),
      ...(costStatus === null ? {} : { costStatus }),
    };
  });
  return {
    callsQuery,
    calls: createCallList(host, callsQuery),
    callDetail: createResource(
      computed(() => selectedCall.value?.callId ?? null),
      (id) => host.request("call", { id }),
    ),
    conversations: createResource(
      within(
        "conversations",
        (): ConversationsQuery => ({ ...range.value, filters: filters.value, limit: CONVERSATIONS }),
      ),
      (query) => host.request("conversations", { query }),
    ),
    performance: createResource(
      within("performance", (): PerformanceQuery => {
        const interval = intervalOf(period.value);
        return {
          ...range.value,
          groupBy: performanceBy.value,
          filters: filters.value,
          ...(interval === undefined ? {} : { interval }),
        };
      }),
      (query) => host.request("performance", { query }),
    ),
    prices: createResource(
      within("prices", (): PricesQuery => {
        const place = scope.value ?? workspace;
        return place === null ? {} : { workspace: place };
      }),
      (query) => host.request("prices", { query }),
    ),
    breakers: createResource(
      within("protection", () => "now"),
      () => host.request("breakers", {}),
    ),
  };
}
