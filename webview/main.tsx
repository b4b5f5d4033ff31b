/**
 * The dashboard: one bundle that runs in a VS Code webview and in a browser page served by the daemon. Composition root.
 *
 * WHAT THE PAGE AROUND IT MUST BE. Both hosts write this shell, `B` being the folder of `dist/webview/`:
 *
 *   <!doctype html>
 *   <html lang="en">
 *     <head>
 *       <meta charset="utf-8">
 *       <meta name="viewport" content="width=device-width, initial-scale=1">
 *       <title>Taximeter</title>
 *       <link rel="stylesheet" href="B/dashboard.css">
 *     </head>
 *     <body data-host="vscode">                     "vscode" or "browser"
 *       <div id="app"></div>
 *       <script type="module" src="B/dashboard.js"></script>    in VS Code with its nonce
 *     </body>
 *   </html>
 *
 * - `codicon.ttf` lies beside `dashboard.css`, which names it relatively: serve both from one folder.
 * - CSP that suffices: `default-src 'none'; script-src 'self'` (VS Code: the nonce); `style-src 'self'`;
 *   `font-src 'self'`; `img-src 'self' data:`; in a browser `connect-src 'self'` too. In VS Code `'self'` is
 *   `webview.cspSource`. Nothing inline is used: styles are set through the CSSOM and constructed style sheets.
 * - Optional on <body>, escaped as attributes:
 *   data-workspace="/home/me/shop"     absolute path of the open workspace, offered as a scope and for budgets
 *   data-scope="workspace" | "all"     what to look at first (default "all")
 *   data-period="session" | "today" | "week" | "month"    what to look at first (default "today")
 *   data-session-start="2026-11-21T08:00:00.000Z"    adds the period "Session"
 *
 * In VS Code messages are those of shared/messages.ts: it posts `ready` first, then `watch` and `request`s, each of which
 * must be answered with a `response` of the same `requestId`. In a browser it speaks to its own origin with its cookie.
 *
 * WHAT TESTS READ. `data-testid`s, stable:
 *   connection                                   "Live · 3 processes", "Connecting…", "Paused", "Not connected"
 *   scope · period-session|today|week|month|7d|30d    aria-checked is "true" on the chosen period
 *   view-overview|calls|conversations|performance|team|prices|protection    aria-selected is "true" on the shown view
 *   conversations-view · performance-view · prices-view · protection-view    data-state and aria-busy as of overview
 *   export (a menu) · export-words · narrowed · only-<dimension> · narrowed-clear
 *   overview                                     data-state: loading | failure | empty | ready; aria-busy while it changes
 *   state-loading · state-empty · state-failure (data-kind) · retry · restart
 *   total · comparison · fact-calls|tokens|cache|errors|retries|aborted|p95
 *   trend · chart (its aria-label sums it up) · trend-table-toggle
 *   note-unpriced · unpriced-models · unpriced-calls · note-lost · note-paused · note-warning · note-dropped · note-failure
 *   dimension-source|model|feature|provider|callSite · dimension-more (a menu) · label-name · dimension-second (a menu) ·
 *     breakdown-search · breakdown-all
 *   breakdown · sort-key|spend|calls|perCall|tokens|p95|errors
 *   row-<key> ("row-unattributed" without a value; "row-<key>|<key>" by two dimensions); in it narrow and
 *     [data-column="spend"|"calls"|"perCall"|"tokens"|"p95"|"errors"]
 *   budgets · budget-add · budget-limit · budget-period · budget-scope · budget-value · budget-other · budget-warn-at ·
 *     budget-save
 *   budget-<id> · budget-<id>-amount|words|pace|blind|edit · budget-<id>-remove · budget-<id>-remove-yes
 *   stopped-calls · budget-<id>-stop · budget-<id>-stop-yes · budget-<id>-warn-again
 *   feed · feed-call
 *   calls-view (data-state as above) · calls · call-<callId> (data-status); in it
 *     [data-column="source"|"model"|"status"|"tokens"|"cost"|"duration"]
 *   filter-<dimension> · filter-status · filter-cost · filters-clear · calls-more · calls-end
 *   call-detail · call-detail-close · open-call-site · detail-<field>, for example detail-cost, detail-costStatus,
 *     detail-inputTokens, detail-cacheReadInputTokens, detail-callSite; detail-made-up with billed-<field of prices.json> ·
 *     detail-prices-changed · detail-attempts
 *   conversations-total · conversations-count · conversations; in it row-<conversation> with data-columns spend, calls, …
 *   performance-p50|p95|p99|first-token|errors|retries · measure-duration|firstToken|failures · performance-chart ·
 *     performance-chart-table-toggle · performance-table; in it row-<key> ("row-none" without a value) with data-columns
 *     calls, p50, p95, p99, first50, first95, errors, retries
 *   unpriced-<provider:model> · price-<provider:model> · price-form · amount-<field> · price-more · price-save ·
 *     price-cancel · own-<provider:model> · own-<provider:model>-remove · own-<provider:model>-remove-yes · catalogue-age ·
 *     catalogue-stale · reprice-all · repricing · repricing-stop · repricing-dismiss
 *   breakers-everywhere · breakers-<workspace> (aria-checked) · circuits · circuit-<provider:model> · hard-stops
 */
// First: whatever is evaluated after it speaks this language.
import "./localisation/pageLanguage.ts";
import "./styles/theme.css";
import "./styles/base.css";
import "./styles/controls.css";
import "./styles/budgets.css";
import "./styles/overview.css";
import "./styles/calls.css";
import "./styles/views.css";
import "./styles/team.css";
import { signal } from "@preact/signals";
import { render } from "preact";
import { App } from "./components/app.tsx";
import { DashboardProvider } from "./components/dashboardContext.ts";
import { createBrowserHost } from "./hosts/browserHost.ts";
import { createVscodeHost } from "./hosts/vscodeHost.ts";
import { periods } from "./model/period.ts";
import { createDashboard } from "./state/dashboard.ts";
import type { Timers } from "./state/throttle.ts";

const { host: hostName, workspace, scope, period, sessionStart } = document.body.dataset;

const timers: Timers = {
  now: () => Date.now(),
  elapsedMs: () => performance.now(),
  after(milliseconds, run) {
    const timer = setTimeout(run, milliseconds);
    return () => clearTimeout(timer);
  },
};

const visible = signal(document.visibilityState === "visible");
document.addEventListener("visibilitychange", () => {
  visible.value = document.visibilityState === "visible";
});

const host = hostName === "vscode" ? createVscodeHost() : createBrowserHost();
const dashboard = createDashboard(host, {
  locale: navigator.language,
  workspace: workspace || null,
  firstScope: scope === "workspace" ? "workspace" : "all",
  firstPeriod: periods.find((known) => known === period) ?? "today",
  sessionStart: sessionStart || null,
  timers,
  visible,
});

host.onShow?.(dashboard.show);

const app = document.getElementById("app");
if (app === null) throw new Error('The page lacks <div id="app">');
render(
  <DashboardProvider value={dashboard}>
    <App />
  </DashboardProvider>,
  app,
);
