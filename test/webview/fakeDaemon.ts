import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { BudgetInput, BudgetState } from "../../shared/budgets.ts";
import { budgetId } from "../../shared/budgets.ts";
import type { Call } from "../../shared/call.ts";
import type { CallsPage } from "../../shared/callPages.ts";
import type { DaemonStatus } from "../../shared/daemonStatus.ts";
import type { Filters } from "../../shared/dimensions.ts";
import { isDimension } from "../../shared/dimensions.ts";
import type { LiveEvent } from "../../shared/live.ts";
import { decimalToNanoUsd, nanoUsdToDecimal } from "../../shared/money.ts";
import type { ResolvedRange } from "../../shared/range.ts";
import type { Series, Spend, SpendRow, SpendTotals } from "../../shared/spend.ts";

/**
 * The daemon's API over calls in memory, summed anew for each question, with the page around the dashboard as the real
 * daemon serves it. Its clock stands still at `nowMs`; its time zone has 45 minutes in its offset and no summer time.
 */
export const TIME_ZONE = "Asia/Kathmandu";
export const OFFSET_MS = (5 * 60 + 45) * 60_000;
const DAY_MS = 24 * 3_600_000;

export type Mood = "well" | "silent" | "failing" | "signedOut" | "nonsense";

export interface FakeDaemon {
  url: string;
  /** How it answers from now on. */
  mood: Mood;
  /** Whether the live stream alone is refused. */
  refusesLive: boolean;
  status: Partial<DaemonStatus>;
  calls: Call[];
  /** Every request to the API so far: method and path with query. */
  requests: string[];
  /** Adds calls and tells whoever watches. */
  happen(calls: Call[]): void;
  close(): Promise<void>;
}

export interface FakeDaemonOptions {
  folder: string;
  calls: Call[];
  nowMs: number;
  budgets?: BudgetInput[];
  /** Attributes of <body>; `data-host="browser"` by default. */
  body?: string;
  /** Put before the dashboard's own script. */
  script?: string;
}

const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'";

export async function startFakeDaemon(options: FakeDaemonOptions): Promise<FakeDaemon> {
  const { folder, nowMs } = options;
  const watchers = new Map<ServerResponse, URLSearchParams>();
  const budgets = new Map<string, BudgetInput>();
  for (const budget of options.budgets ?? [])
    budgets.set(budgetId(budget.period, budget.scope ?? null), budget);

  const midnight = Math.floor((nowMs + OFFSET_MS) / DAY_MS) * DAY_MS - OFFSET_MS;

  function monthStart(): number {
    const local = new Date(nowMs + OFFSET_MS);
    return Date.UTC(local.getUTCFullYear(), local.getUTCMonth(), 1) - OFFSET_MS;
  }

  function pointOf(text: string | null, otherwise: number): number {
    if (text === null) return otherwise;
    if (text === "today") return midnight;
    if (text === "month") return monthStart();
    const days = /^(\d+)d$/.exec(text)?.[1];
    return days === undefined ? Date.parse(text) : midnight - (Number(days) - 1) * DAY_MS;
  }

  function rangeOf(params: URLSearchParams): ResolvedRange {
    const from = pointOf(params.get("from"), midnight);
    const to = pointOf(params.get("to"), nowMs);
    return { from: new Date(from).toISOString(), to: new Date(to).toISOString(), timeZone: TIME_ZONE };
  }

  function select(params: URLSearchParams): Call[] {
    const { from, to } = rangeOf(params);
    const filters: Filters = {};
    for (const name of new Set(params.keys())) if (isDimension(name)) filters[name] = params.getAll(name);
    const status = params.get("status");
    const costStatus = params.get("costStatus");
    return daemon.calls.filter(
      (call) =>
        call.startedAt >= from &&
        call.startedAt <= to &&
        (status === null || call.status === status) &&
        (costStatus === null || call.costStatus === costStatus) &&
        Object.entries(filters).every(([dimension, values]) =>
          values?.includes(keyOf(call, dimension) ?? ""),
        ),
    );
  }

  function spendOf(params: URLSearchParams): Spend {
    const calls = select(params);
    const groupBy = (params.get("groupBy") ?? "").split(",").filter(isDimension);
    const groups = grouped(calls, (call) => JSON.stringify(groupBy.map((name) => keyOf(call, name))));
    const rows = [...groups].map(([keys, members]): SpendRow => {
      const values: (string | null)[] = JSON.parse(keys);
      return {
        ...totalsOf(members),
        key: values[0] ?? null,
        keys: values,
        ...(groupBy[0] === "source" ? { sourceKind: members[0]?.sourceKind ?? null } : {}),
      };
    });
    rows.sort((a, b) => Number(b.costUsd) - Number(a.costUsd) || b.calls - a.calls);
    return {
      ...rangeOf(params),
      groupBy,
      rows: groupBy.length === 0 ? [] : rows.slice(0, Number(params.get("limit") ?? 1_000)),
      total: totalsOf(calls),
    };
  }

  function seriesOf(params: URLSearchParams): Series {
    const range = rangeOf(params);
    const interval = params.get("interval") === "hour" ? "hour" : "day";
    const width = interval === "hour" ? 3_600_000 : DAY_MS;
    const first = Date.parse(range.from);
    const count = Math.max(1, Math.ceil((Date.parse(range.to) - first) / width));
    const dimension = params.get("groupBy") ?? "source";
    const calls = select(params);
    const groups = [...grouped(calls, (call) => keyOf(call, dimension))].toSorted(
      (a, b) => Number(totalsOf(b[1]).costUsd) - Number(totalsOf(a[1]).costUsd),
    );
    const line = (key: string | null, other: boolean, members: Call[]) => {
      const buckets: Call[][] = Array.from({ length: count }, () => []);
      for (const call of members)
        buckets[Math.floor((Date.parse(call.startedAt) - first) / width)]?.push(call);
      return {
        key,
        other,
        costUsd: buckets.map((bucket) => totalsOf(bucket).costUsd),
        calls: buckets.map((bucket) => bucket.length),
      };
    };
    const rest = groups.slice(5).flatMap(([, members]) => members);
    return {
      ...range,
      interval,
      groupBy: isDimension(dimension) ? dimension : null,
      buckets: Array.from({ length: count }, (_, index) => new Date(first + index * width).toISOString()),
      series: [
        ...groups.slice(0, 5).map(([key, members]) => line(key, false, members)),
        ...(rest.length === 0 ? [] : [line(null, true, rest)]),
      ],
    };
  }

  function callsOf(params: URLSearchParams): CallsPage {
    const newestFirst = select(params).toReversed();
    const start = Number(params.get("cursor") ?? 0);
    const limit = Number(params.get("limit") ?? 100);
    const end = start + limit;
    return {
      calls: newestFirst.slice(start, end),
      nextCursor: end < newestFirst.length ? String(end) : null,
    };
  }

  function budgetStates(): BudgetState[] {
    return [...budgets].map(([id, budget]): BudgetState => {
      const start = budget.period === "month" ? monthStart() : midnight;
      const end = budget.period === "month" ? start + 30 * DAY_MS : start + DAY_MS;
      const params = new URLSearchParams({ from: new Date(start).toISOString() });
      if (budget.scope) params.set(budget.scope.dimension, budget.scope.value);
      const total = totalsOf(select(params));
      const percent = (Number(total.costUsd) / Number(budget.limitUsd)) * 100;
      const thresholds = budget.thresholds ?? [50, 80, 100];
      return {
        id,
        period: budget.period,
        scope: budget.scope ?? null,
        limitUsd: budget.limitUsd,
        thresholds,
        periodStart: new Date(start).toISOString(),
        periodEnd: new Date(end).toISOString(),
        spentUsd: total.costUsd,
        percent,
        reached: thresholds.findLast((threshold) => percent >= threshold) ?? null,
        blindCalls: total.unpricedCalls,
        projectedUsd: nanoUsdToDecimal(
          Math.round(((decimalToNanoUsd(total.costUsd) ?? 0) * (end - start)) / (nowMs - start)),
        ),
        ...(budget.hardStop ? { hardStop: true } : {}),
        ...(budget.inSettings ? { inSettings: true } : {}),
        ...(budget.muted ? { muted: true } : {}),
      };
    });
  }

  const statusNow = (): DaemonStatus => ({
    version: "0.1.0",
    protocol: 1,
    pid: 4242,
    port: 0,
    home: "/home/dev/.local/state/taximeter",
    startedAt: new Date(nowMs - DAY_MS).toISOString(),
    developer: "dev",
    timeZone: TIME_ZONE,
    recording: true,
    storedCalls: daemon.calls.length,
    storeBytes: 8_000_000,
    ingested: { accepted: 0, duplicate: 0, updated: 0, ignored: 0, rejected: 0 },
    activeRuns: 3,
    liveClients: watchers.size,
    droppedCalls: 0,
    priceCatalogue: { version: "2026-11-14", date: "2026-11-14", stale: false },
    warnings: [],
    ...daemon.status,
  });

  function send(response: ServerResponse, event: LiveEvent): void {
    response.write(`event: ${event.type}\ndata: ${JSON.stringify(event.data)}\n\n`);
  }

  function liveSpend(params: URLSearchParams) {
    return { ...rangeOf(params), total: totalsOf(select(params)), topSources: [] };
  }

  function openLive(request: IncomingMessage, response: ServerResponse, params: URLSearchParams): void {
    response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
    watchers.set(response, params);
    request.on("close", () => watchers.delete(response));
    send(response, {
      type: "snapshot",
      data: {
        spend: liveSpend(params),
        budgets: budgetStates(),
        status: statusNow(),
        recentCalls: daemon.calls.slice(-20),
      },
    });
  }

  function answer(method: string, path: string, params: URLSearchParams, body: string): object | null {
    switch (`${method} ${path}`) {
      case "GET /v1/spend":
        return spendOf(params);
      case "GET /v1/series":
        return seriesOf(params);
      case "GET /v1/calls":
        return callsOf(params);
      case "GET /v1/budgets":
        return { budgets: budgetStates() };
      case "GET /v1/status":
        return statusNow();
      case "PUT /v1/budgets": {
        const budget: BudgetInput = JSON.parse(body);
        const id = budgetId(budget.period, budget.scope ?? null);
        budgets.set(id, { ...budgets.get(id), ...budget });
        return budgetStates().find((state) => state.id === id) ?? null;
      }
      default: {
        const asked = /^GET \/v1\/calls\/(.+)$/.exec(`${method} ${path}`)?.[1];
        const call = daemon.calls.find(({ callId }) => callId === asked);
        if (call !== undefined) return { call, cost: [], costAsStored: true, attempts: [call] };
        const removed = /^DELETE \/v1\/budgets\/(.+)$/.exec(`${method} ${path}`)?.[1];
        return removed === undefined ? null : { removed: budgets.delete(decodeURIComponent(removed)) };
      }
    }
  }

  const server = createServer((request, response) => {
    void handle(request, response);
  });

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", "http://localhost");
    const file = {
      "/dashboard.js": "text/javascript",
      "/dashboard.css": "text/css",
      "/codicon.ttf": "font/ttf",
    }[url.pathname];
    if (url.pathname === "/") {
      response.writeHead(200, { "content-type": "text/html", "content-security-policy": CSP });
      response.end(shellOf(options.body ?? 'data-host="browser"', options.script !== undefined));
      return;
    }
    if (url.pathname === "/before.js") {
      response.writeHead(200, { "content-type": "text/javascript" }).end(options.script ?? "");
      return;
    }
    if (file !== undefined) {
      response.writeHead(200, { "content-type": file }).end(await readFile(join(folder, url.pathname)));
      return;
    }
    daemon.requests.push(`${request.method} ${url.pathname}${url.search}`);
    const refuse = (code: number, error: string) => {
      response.writeHead(code, { "content-type": "application/json" }).end(JSON.stringify({ error }));
    };
    if (daemon.mood === "silent") return;
    if (daemon.refusesLive && url.pathname === "/v1/live") return refuse(503, "Not now.");
    if (daemon.mood === "failing") return refuse(503, "The store cannot be read: the disk is full.");
    if (daemon.mood === "signedOut") return refuse(401, "No session.");
    if (daemon.mood === "nonsense") {
      response.writeHead(200, { "content-type": "application/json" }).end('{"rows":"many"}');
      return;
    }
    if (url.pathname === "/v1/live") return openLive(request, response, url.searchParams);
    let body = "";
    for await (const chunk of request) body += chunk;
    const found = answer(request.method ?? "GET", url.pathname, url.searchParams, body);
    if (found === null) return refuse(404, "There is no such thing here.");
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(found));
  }

  const daemon: FakeDaemon = {
    url: "",
    mood: "well",
    refusesLive: false,
    status: {},
    calls: options.calls,
    requests: [],
    happen(calls) {
      daemon.calls = [...daemon.calls, ...calls];
      for (const [response, params] of watchers) {
        send(response, { type: "spend", data: liveSpend(params) });
        send(response, { type: "call", data: { calls } });
        send(response, { type: "budget", data: { budgets: budgetStates(), crossed: null } });
      }
    },
    close() {
      return new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  daemon.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return daemon;
}

function shellOf(body: string, scripted: boolean): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Taximeter</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="/dashboard.css">
  </head>
  <body ${body}>
    <div id="app"></div>
    ${scripted ? '<script src="/before.js"></script>' : ""}
    <script type="module" src="/dashboard.js"></script>
  </body>
</html>`;
}

function keyOf(call: Call, dimension: string): string | null {
  switch (dimension) {
    case "source":
      return call.source;
    case "sourceKind":
      return call.sourceKind;
    case "feature":
      return call.feature;
    case "provider":
      return call.provider;
    case "model":
      return call.responseModel ?? call.requestModel;
    case "operation":
      return call.operation;
    case "conversation":
      return call.conversationId;
    case "callSite":
      return call.callSite === null ? null : `${call.callSite.file}:${call.callSite.line}`;
    case "developer":
      return call.developer;
    case "workspace":
      return call.workspace;
    case "branch":
      return call.gitBranch;
    default:
      return null;
  }
}

const costs = new WeakMap<Call, number>();

function nanoUsdOf(call: Call): number {
  const known = costs.get(call);
  if (known !== undefined) return known;
  const nanoUsd = decimalToNanoUsd(call.costUsd ?? "0") ?? 0;
  costs.set(call, nanoUsd);
  return nanoUsd;
}

function totalsOf(calls: readonly Call[]): SpendTotals {
  const sum = (figure: (call: Call) => number) => calls.reduce((total, call) => total + figure(call), 0);
  const count = (fits: (call: Call) => boolean) => sum((call) => (fits(call) ? 1 : 0));
  const cost = nanoUsdOf;
  const durations = calls
    .map((call) => call.durationMs)
    .filter((duration) => duration !== null)
    .toSorted((a, b) => a - b);
  const quantile = (q: number) => durations[Math.floor((durations.length - 1) * q)] ?? null;
  return {
    calls: calls.length,
    errors: count((call) => call.status === "error"),
    aborted: count((call) => call.status === "aborted"),
    retries: count((call) => call.attempt > 1),
    inputTokens: sum((call) => call.usage.inputTokens ?? 0),
    outputTokens: sum((call) => call.usage.outputTokens ?? 0),
    cacheReadInputTokens: sum((call) => call.usage.cacheReadInputTokens ?? 0),
    cacheCreationInputTokens: sum((call) => call.usage.cacheCreationInputTokens ?? 0),
    reasoningOutputTokens: sum((call) => call.usage.reasoningOutputTokens ?? 0),
    costUsd: nanoUsdToDecimal(sum(cost)),
    retryCostUsd: nanoUsdToDecimal(
      sum((call) => (call.attempt > 1 || call.status === "error" ? cost(call) : 0)),
    ),
    unpricedCalls: count((call) => call.costStatus === "unpriced"),
    incompleteCalls: count((call) => call.costStatus === "incomplete"),
    estimatedCalls: count((call) => call.costStatus === "estimated"),
    durationP50Ms: quantile(0.5),
    durationP95Ms: quantile(0.95),
  };
}

function grouped<Key>(calls: readonly Call[], keyOfCall: (call: Call) => Key): Map<Key, Call[]> {
  const groups = new Map<Key, Call[]>();
  for (const call of calls) {
    const key = keyOfCall(call);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [call]);
    else group.push(call);
  }
  return groups;
}
