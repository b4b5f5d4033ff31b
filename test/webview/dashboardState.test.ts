import { signal } from "@preact/signals";
import { describe, expect, it } from "vitest";
import type { ApiRequest, ApiResponse } from "../../shared/api.ts";
import type { LiveEvent, LiveQuery } from "../../shared/live.ts";
import type { WebviewRouteName } from "../../shared/messages.ts";
import type { Spend, SpendQuery } from "../../shared/spend.ts";
import { readAnswer, readLiveEvent } from "../../webview/hosts/answers.ts";
import type { Answer, DashboardHost } from "../../webview/hosts/dashboardHost.ts";
import { createDashboard } from "../../webview/state/dashboard.ts";
import { createResource } from "../../webview/state/resource.ts";
import { readChoices } from "../../webview/state/savedState.ts";
import { type Timers, throttled } from "../../webview/state/throttle.ts";
import { makeCall } from "./sampleCalls.ts";
import { makeTotals } from "./totals.ts";

/** A clock that is moved by hand. */
function handClock(): Timers & { pass(milliseconds: number): void } {
  let now = Date.parse("2026-11-20T14:00:00Z");
  let planned: { at: number; run: () => void }[] = [];
  return {
    now: () => now,
    elapsedMs: () => now,
    after(milliseconds, run) {
      const entry = { at: now + milliseconds, run };
      planned.push(entry);
      return () => {
        planned = planned.filter((other) => other !== entry);
      };
    },
    pass(milliseconds) {
      now += milliseconds;
      const due = planned.filter((entry) => entry.at <= now);
      planned = planned.filter((entry) => entry.at > now);
      for (const entry of due) entry.run();
    },
  };
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

function spendOf(costUsd: string, to = "2026-11-20T14:00:00.000Z"): Spend {
  return {
    from: "2026-11-20T00:00:00.000Z",
    to,
    timeZone: "UTC",
    groupBy: ["source"],
    rows: [],
    total: makeTotals({ costUsd }),
  };
}

/** A host that answers spend with `spend`, and everything else with a refusal. */
function fakeHost() {
  const asked: SpendQuery[] = [];
  const watched: LiveQuery[] = [];
  const saved: object[] = [];
  const host = {
    spend: spendOf("1"),
    asked,
    watched,
    saved,
    tell: (_event: LiveEvent) => {},
    kind: "browser" as const,
    async request<Name extends WebviewRouteName>(
      route: Name,
      request: ApiRequest<Name>,
    ): Promise<Answer<ApiResponse<Name>>> {
      if (route === "spend" && "query" in request) {
        asked.push(request.query as SpendQuery);
        return { ok: true, value: host.spend as unknown as ApiResponse<Name> };
      }
      return { ok: false, failure: { kind: "refused", message: "not here" } };
    },
    watch(query: LiveQuery, listener: (event: LiveEvent) => void) {
      watched.push(query);
      host.tell = listener;
    },
    onConnection() {},
    loadState: () => null,
    saveState: (state: object) => saved.push(state),
    async saveFile() {},
  } satisfies DashboardHost & Record<string, unknown>;
  return host;
}

function makeDashboard(over: { workspace?: string } = {}) {
  const host = fakeHost();
  const timers = handClock();
  const visible = signal(true);
  const workspace = over.workspace ?? null;
  const dashboard = createDashboard(host, {
    locale: "en-US",
    workspace,
    firstScope: workspace === null ? "all" : "workspace",
    firstPeriod: "today",
    sessionStart: null,
    timers,
    visible,
  });
  const breakdowns = () => host.asked.filter((query) => query.groupBy?.[0] === "source").length;
  return { host, timers, visible, dashboard, breakdowns };
}

describe("the dashboard's state", () => {
  it("asks for the chosen period, its scope, and the period before", async () => {
    const { host, dashboard } = makeDashboard({ workspace: "/home/dev/shop" });
    await settled();
    expect(host.asked).toContainEqual({
      from: "today",
      groupBy: ["source"],
      filters: { workspace: ["/home/dev/shop"] },
    });
    expect(host.asked).toContainEqual({
      from: "2026-11-19T00:00:00.000Z",
      to: "2026-11-19T14:00:00.000Z",
      timeZone: "UTC",
      filters: { workspace: ["/home/dev/shop"] },
      limit: 1,
    });
    dashboard.period.value = "30d";
    expect(host.watched.at(-1)).toEqual({ from: "30d", filters: { workspace: ["/home/dev/shop"] } });
    expect(host.saved.at(-1)).toMatchObject({ period: "30d", scope: "/home/dev/shop" });
  });

  it("shows the very figure beside which a link from outside stands", async () => {
    const { host, dashboard } = makeDashboard({ workspace: "/home/dev/shop" });
    await settled();
    dashboard.narrow("model", "gpt-4o");
    const narrow = { dimension: "source", value: "/api/chat" } as const;
    dashboard.show({ view: "overview", narrow, figureOf: { period: "week", workspaces: [] } });
    expect(host.watched.at(-1)).toEqual({ from: "week", filters: { source: ["/api/chat"] } });
    dashboard.show({ view: "calls", figureOf: { period: "month", workspaces: ["/a", "/b"] } });
    expect(host.watched.at(-1)).toEqual({ from: "month", filters: { workspace: ["/a", "/b"] } });
    expect(dashboard.view.value).toBe("calls");
    dashboard.show({ view: "overview", figureOf: { period: "session", workspaces: ["/a"] } });
    expect([dashboard.scope.value, dashboard.filters.value]).toEqual(["/a", {}]);
  });

  it("leaves what is looked at where a link stands beside no figure", () => {
    const { dashboard } = makeDashboard();
    dashboard.period.value = "30d";
    dashboard.narrow("model", "gpt-4o");
    dashboard.show({ view: "protection" });
    expect([dashboard.view.value, dashboard.period.value]).toEqual(["protection", "30d"]);
    expect(dashboard.filters.value).toEqual({ model: ["gpt-4o"] });
  });

  it("shows a live sum at once and reads the rest at most once a second", async () => {
    const { host, timers, dashboard, breakdowns } = makeDashboard();
    await settled();
    const first = breakdowns();
    for (let index = 1; index <= 50; index += 1) {
      const to = new Date(Date.parse("2026-11-20T14:00:00Z") + index).toISOString();
      host.tell({ type: "spend", data: { ...spendOf(String(1 + index), to), topSources: [] } });
    }
    await settled();
    expect(dashboard.total.value?.costUsd).toBe("51");
    expect(breakdowns()).toBe(first + 1);
    host.spend = spendOf("52");
    timers.pass(1_000);
    await settled();
    expect(breakdowns()).toBe(first + 2);
    expect(dashboard.total.value?.costUsd).toBe("52");
  });

  it("does not take a live sum of what is no longer watched", async () => {
    const { host, dashboard } = makeDashboard();
    await settled();
    const tellBefore = host.tell;
    dashboard.period.value = "month";
    await settled();
    tellBefore({ type: "spend", data: { ...spendOf("99", "2026-11-20T15:00:00.000Z"), topSources: [] } });
    expect(dashboard.total.value?.costUsd).toBe("1");
  });

  it("reads nothing while hidden, and once when it is seen again", async () => {
    const { host, timers, visible, breakdowns } = makeDashboard();
    await settled();
    const first = breakdowns();
    visible.value = false;
    host.tell({ type: "call", data: { calls: [makeCall()] } });
    timers.pass(120_000);
    await settled();
    expect(breakdowns()).toBe(first);
    visible.value = true;
    await settled();
    expect(breakdowns()).toBe(first + 1);
  });

  it("feeds each call once, newest first, and of its scope alone", async () => {
    const { host, dashboard } = makeDashboard({ workspace: "/home/dev/shop" });
    await settled();
    const inShop = (callId: string, over = {}) => makeCall({ callId, workspace: "/home/dev/shop", ...over });
    const earlier = inShop("b", { startedAt: "2026-11-20T09:59:00.000Z" });
    host.tell({ type: "call", data: { calls: [earlier, inShop("a", { status: "pending" })] } });
    host.tell({
      type: "call",
      data: { calls: [inShop("a"), makeCall({ callId: "c", workspace: "/elsewhere" })] },
    });
    expect(dashboard.feed.value.map((call) => [call.callId, call.status])).toEqual([
      ["a", "ok"],
      ["b", "ok"],
    ]);
  });
});

describe("a resource", () => {
  it("never shows the late answer to a question that nobody asks any longer", async () => {
    const question = signal("slow");
    const answers = new Map<string, (answer: Answer<string>) => void>();
    const resource = createResource<string, string>(
      question,
      (asked) => new Promise((resolve) => answers.set(asked, resolve)),
    );
    question.value = "quick";
    answers.get("quick")?.({ ok: true, value: "quick's" });
    await settled();
    answers.get("slow")?.({ ok: true, value: "slow's" });
    await settled();
    expect(resource.state.value).toMatchObject({ value: "quick's", outdated: false, loading: false });
    question.value = "slow";
    expect(resource.state.value.value).toBe("slow's");
  });

  it("keeps what it knew when asking fails, and says why", async () => {
    let answer: Answer<string> = { ok: true, value: "known" };
    const resource = createResource<string, string>(signal("question"), async () => answer);
    await settled();
    answer = { ok: false, failure: { kind: "unreachable", message: "gone" } };
    resource.refresh();
    await settled();
    expect(resource.state.value).toMatchObject({ value: "known", failure: { message: "gone" } });
  });
});

it("a throttle runs at once, then at the end of each interval, and rests", () => {
  const timers = handClock();
  let runs = 0;
  const ask = throttled(() => (runs += 1), 100, timers);
  ask();
  ask();
  ask();
  expect(runs).toBe(1);
  timers.pass(100);
  expect(runs).toBe(2);
  timers.pass(500);
  expect(runs).toBe(2);
});

describe("the border", () => {
  it("takes what a host kept only where it is understood", () => {
    expect(
      readChoices({
        period: "7d",
        view: "calls",
        dimension: "label:lead",
        scope: null,
        sort: { column: "calls" },
      }),
    ).toEqual({
      period: "7d",
      view: "calls",
      dimension: "label:lead",
      scope: null,
      sort: { column: "calls", descending: false },
    });
    expect(readChoices({ period: "forever", view: 3, dimension: "<b>", scope: 4, sort: "up" })).toEqual({});
    expect(readChoices("nonsense")).toEqual({});
  });

  it("takes answers and events only in their shape", () => {
    expect(readAnswer("spend", spendOf("1"))).not.toBeNull();
    expect(readAnswer("spend", { rows: "many" })).toBeNull();
    expect(readAnswer("calls", { calls: [{ callId: 1 }] })).toBeNull();
    expect(readLiveEvent("call", { calls: [makeCall()] })?.type).toBe("call");
    expect(readLiveEvent("call", { calls: "all" })).toBeNull();
    expect(readLiveEvent("toString", {})).toBeNull();
  });
});
