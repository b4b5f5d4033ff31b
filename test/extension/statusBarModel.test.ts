import { describe, expect, test } from "vitest";
import { initialMeterState } from "../../extension/daemon/meterState.ts";
import { escapeMarkdown } from "../../extension/markdown.ts";
import { statusBarModel } from "../../extension/statusBar/statusBarModel.ts";
import type { StatusBarView } from "../../extension/statusBar/statusBarView.ts";
import { createSteadyFigure } from "../../extension/statusBar/steadyFigure.ts";
import { tooltipCommands } from "../../extension/statusBar/tooltipLinks.ts";
import {
  english,
  makeBudget,
  makeCall,
  makeRow,
  makeSpend,
  makeState,
  makeStatus,
  makeTotals,
} from "./builders.ts";

const view: StatusBarView = {
  period: "today",
  scope: "all",
  workspaceFolders: ["/home/dev/shop"],
  isTrusted: true,
  now: new Date("2026-11-21T15:00:00.000Z"),
};
const model = (state = makeState(), over: Partial<StatusBarView> = {}) =>
  statusBarModel(state, { ...view, ...over }, english);

describe("the status bar says in words", () => {
  const told: [string, ReturnType<typeof makeState>, string][] = [
    ["the spend", makeState(), "$(pulse) $0.42 today"],
    [
      "that nothing is spent yet",
      makeState({ spend: makeSpend({ total: makeTotals({ calls: 0, costUsd: "0" }) }) }),
      "$(pulse) $0.00 today, no calls yet",
    ],
    [
      "a spend below a cent with its digits",
      makeState({ spend: makeSpend({ total: makeTotals({ costUsd: "0.00042" }) }) }),
      "$(pulse) $0.00042 today",
    ],
    [
      "that what was called has no price",
      makeState({ spend: makeSpend({ total: makeTotals({ calls: 2, unpricedCalls: 2, costUsd: "0" }) }) }),
      "$(pulse) no price today",
    ],
    ["that it is starting", initialMeterState, "$(pulse) Taximeter starting…"],
    ["that another period's sum is on its way", makeState({ spend: null }), "$(pulse) … today"],
    [
      "that it is paused",
      makeState({ status: makeStatus({ recording: false }) }),
      "$(debug-pause) $0.42 today, paused",
    ],
    [
      "that the daemon is lost",
      makeState({ connection: "lost", detail: "It would not start." }),
      "$(debug-disconnect) Taximeter: daemon not answering",
    ],
    [
      "that the user stopped the daemon",
      makeState({ connection: "lost", detail: "Stopped.", stopped: true }),
      "$(debug-disconnect) Taximeter: daemon stopped",
    ],
    ["the last figure while it reconnects", makeState({ connection: "connecting" }), "$(pulse) $0.42 today"],
  ];
  test.each(told)("%s", (_, state, text) => {
    expect(model(state).text).toBe(text);
  });

  test.each([
    ["session", "$0.42 this session"],
    ["week", "$0.42 this week"],
    ["month", "$0.42 this month"],
  ] as const)("the period %s", (period, words) => {
    expect(model(makeState(), { period }).text).toBe(`$(pulse) ${words}`);
  });

  test("the same for a screen reader, without icons", () => {
    expect(model().label).toBe("AI spend: $0.42 today, 2 calls");
    expect(model(initialMeterState).label).toBe("Taximeter starting…");
  });
});

describe("the figure's width", () => {
  const shown = (costUsd: string, fill: (figure: string) => string) =>
    statusBarModel(makeState({ spend: makeSpend({ total: makeTotals({ costUsd }) }) }), view, english, fill);

  test("stays while it changes: a digit that is missing is a space as wide", () => {
    const { fill, release } = createSteadyFigure();
    expect(shown("0.00042", fill).text).toBe("$(pulse) $0.00042 today");
    expect(shown("0.0011", fill).text).toBe("$(pulse) \u2007$0.0011 today");
    expect(shown("0.42", fill).text).toBe("$(pulse) \u2007\u2007\u2007$0.42 today");
    expect(shown("1234.5", fill).text).toBe("$(pulse) $1,234.50 today");
    expect(shown("0.42", fill).text).toBe("$(pulse) \u2007\u2007\u2007\u2008$0.42 today");
    expect(shown("0.42", fill).label).toBe("AI spend: $0.42 today, 2 calls");
    release();
    expect(shown("0.42", fill).text).toBe("$(pulse) $0.42 today");
  });
});

describe("the background is for budgets alone", () => {
  test.each([
    [79.9, null],
    [80, "warning"],
    [99.99, "warning"],
    [100, "error"],
    [250, "error"],
  ] as const)("at %s %%: %s", (percent, background) => {
    expect(model(makeState({ budgets: [makeBudget({ percent })] })).background).toBe(background);
  });

  test.each([
    [[50, 90], 89, null],
    [[50, 90], 90, "warning"],
    [[30], 30, "warning"],
    [[100], 99, null],
    [[100], 100, "error"],
    [[120], 110, "error"],
  ] as const)("a budget that warns at %s, at %s %%: %s", (thresholds, percent, background) => {
    const budget = makeBudget({ thresholds: [...thresholds], percent });
    expect(model(makeState({ budgets: [budget] })).background).toBe(background);
  });

  test("of several budgets, the one that is nearest to its end decides", () => {
    const budgets = [makeBudget({ percent: 10 }), makeBudget({ id: "month", period: "month", percent: 85 })];
    expect(model(makeState({ budgets })).background).toBe("warning");
  });

  test("the team's budgets are told and do not colour it", () => {
    const scope = { dimension: "workspace", value: "shop" } as const;
    const other = { dimension: "workspace", value: "other" } as const;
    const team = { period: "month", team: true, percent: 120 } as const;
    const { background, tooltip } = model(
      makeState({
        budgets: [
          makeBudget({ ...team, id: "team:month" }),
          makeBudget({ ...team, id: "team:month:workspace:shop", scope }),
          makeBudget({ ...team, id: "team:month:workspace:other", scope: other }),
        ],
        status: makeStatus({ team: { todayUsd: "12.3", asOf: "2026-11-21T14:02:11.000Z" } }),
      }),
    );
    expect(background).toBe(null);
    expect(tooltip).toContain("[Monthly budget of the team]");
    expect(tooltip).toContain(`${escapeMarkdown("Monthly budget of the team (Project shop)")}`);
    expect(tooltip).not.toContain("other");
    expect(tooltip).toContain(
      "[Team today\\: $12\\.30](command:taximeter.openDashboard?%5B%7B%22view%22%3A%22team%22%7D%5D) · as of ",
    );
    expect(model(makeState({ status: makeStatus({}) })).tooltip).not.toContain("Team today");
  });

  test("another project's budget does not colour this window", () => {
    const scope = { dimension: "workspace", value: "/home/dev/other" } as const;
    expect(model(makeState({ budgets: [makeBudget({ scope, percent: 120 })] })).background).toBe(null);
    const own = { dimension: "workspace", value: "/home/dev/shop" } as const;
    expect(model(makeState({ budgets: [makeBudget({ scope: own, percent: 120 })] })).background).toBe(
      "error",
    );
  });

  test("a lost or failing daemon has none", () => {
    expect(model(makeState({ connection: "lost" })).background).toBe(null);
    expect(model(makeState({ status: makeStatus({ warnings: ["The disk is full."] }) })).background).toBe(
      null,
    );
  });
});

describe("the tooltip", () => {
  test("tells which budgets stop, and what breakers have stopped", () => {
    const until = "2026-11-21T14:02:11.000Z";
    const { tooltip } = model(
      makeState({
        spend: makeSpend(),
        budgets: [makeBudget({ hardStop: true })],
        status: makeStatus({
          refusedCalls: 3,
          openCircuits: [{ provider: "openai", model: "gpt-5", until }],
        }),
      }),
    );
    expect(tooltip).toContain("hard stop");
    expect(tooltip).toContain(escapeMarkdown("Stopped before they left, since the daemon started: 3."));
    expect(tooltip).toContain("%22view%22%3A%22protection%22");
    expect(tooltip).toContain(`Calls to ${escapeMarkdown("gpt-5 (openai)")} are stopped until`);
    expect(tooltip).toContain("(command:taximeter.switchCircuitBreakers)");
  });

  test("tells sources, the last call, what has no price, budgets and the daemon's health", () => {
    const state = makeState({
      spend: makeSpend({
        total: makeTotals({ calls: 12, unpricedCalls: 3 }),
        topSources: [
          makeRow("/api/chat", { costUsd: "0.4" }),
          makeRow(null, { costUsd: "0.02" }),
          makeRow("background_job:ENRICH_LEAD", { calls: 3, unpricedCalls: 3, costUsd: "0" }),
        ],
      }),
      budgets: [makeBudget({ spentUsd: "4.1", percent: 82, blindCalls: 3, projectedUsd: "6.2" })],
      lastCall: makeCall(),
      status: makeStatus({ warnings: ["2 reports were refused."] }),
    });
    // The developer's own time zone and clock.
    const time = escapeMarkdown(new Date("2026-11-21T14:02:11.000Z").toLocaleTimeString("en"));
    expect(model(state).tooltip.replace(time, "TIME")).toMatchInlineSnapshot(`
      "**$0.42 today** · 12 calls · all projects

      | Top sources |   |
      | :-- | --: |
      | [/api/chat](command:taximeter.openDashboard?%5B%7B%22view%22%3A%22overview%22%2C%22narrow%22%3A%7B%22dimension%22%3A%22source%22%2C%22value%22%3A%22%2Fapi%2Fchat%22%7D%2C%22figureOf%22%3A%7B%22period%22%3A%22today%22%2C%22workspaces%22%3A%5B%5D%7D%7D%5D) | &emsp;$0.40 |
      | [unattributed](command:taximeter.openDashboard?%5B%7B%22view%22%3A%22overview%22%2C%22narrow%22%3A%7B%22dimension%22%3A%22source%22%2C%22value%22%3A%22%22%7D%2C%22figureOf%22%3A%7B%22period%22%3A%22today%22%2C%22workspaces%22%3A%5B%5D%7D%7D%5D) | &emsp;$0.020 |
      | [background\\_job\\:ENRICH\\_LEAD](command:taximeter.openDashboard?%5B%7B%22view%22%3A%22overview%22%2C%22narrow%22%3A%7B%22dimension%22%3A%22source%22%2C%22value%22%3A%22background%5fjob%3AENRICH%5fLEAD%22%7D%2C%22figureOf%22%3A%7B%22period%22%3A%22today%22%2C%22workspaces%22%3A%5B%5D%7D%7D%5D) | &emsp;no price |

      Last call: [TIME](command:taximeter.openDashboard?%5B%7B%22view%22%3A%22calls%22%2C%22figureOf%22%3A%7B%22period%22%3A%22today%22%2C%22workspaces%22%3A%5B%5D%7D%7D%5D) · gpt\\-4o\\-mini · /api/chat · $0\\.00021

      $(warning) 3 calls have no price and are not in the total. [Show](command:taximeter.showUnpricedModels) · [Set Price…](command:taximeter.setPrice)

      | Budgets |   | &emsp;Pace |
      | :-- | --: | --: |
      | [Daily budget](command:taximeter.setBudget?%5B%22day%22%5D) | &emsp;$4.10 of $5.00 · 82% | &emsp;≥ $6.20 |

      Budgets do not see 3 calls without a full price. [Set Price…](command:taximeter.setPrice)

      ---

      $(warning) 2 reports were refused\\.

      [daemon 0\\.1\\.0 is running](command:taximeter.runDoctor) · [prices of Nov 20, 2026, yesterday](command:taximeter.updatePrices)

      [Dashboard](command:taximeter.openDashboard) · [Report](command:taximeter.showReport) · [Set Budget…](command:taximeter.setBudget) · [Period](command:taximeter.switchStatusBarPeriod) · [Scope](command:taximeter.switchStatusBarScope)"
    `);
  });

  test("says in Restricted Mode that the workspace's settings are not followed", () => {
    expect(model(makeState(), { isTrusted: false }).tooltip).toContain("$(shield) Restricted Mode");
    expect(model().tooltip).not.toContain("Restricted Mode");
  });

  test("a catalogue of tomorrow, by a clock that was set back, is of today", () => {
    const priceCatalogue = { version: "1", date: "2026-12-24", stale: false };
    const { tooltip } = model(makeState({ status: makeStatus({ priceCatalogue }) }));
    expect(tooltip).toContain("prices of Dec 24, 2026, today");
  });

  test("leads to the command that helps where the daemon is lost", () => {
    const { tooltip } = model(makeState({ connection: "lost", detail: "lock.db is held by process 7." }));
    expect(tooltip).toContain("lock\\.db is held by process 7\\.");
    expect(tooltip).toContain("[Restart Daemon](command:taximeter.restartDaemon)");
    expect(tooltip).toContain("Last heard: **$0.42 today**");
  });

  test("a name from outside is text, whatever it holds", () => {
    const evil = [
      "[pay](command:workbench.action.terminal.new)",
      "<img src=x onerror=alert(1)>",
      "$(trash)",
      "a|b\n\n# c",
      "https://evil.example",
      "![x](https://evil.example/x.png)",
    ];
    const state = makeState({
      spend: makeSpend({ topSources: evil.slice(0, 5).map((name) => makeRow(name)) }),
      lastCall: makeCall({ responseModel: evil[5] ?? "", source: evil[0] ?? "" }),
      budgets: [makeBudget({ scope: { dimension: "source", value: evil[0] ?? "" } })],
      status: makeStatus({ warnings: [...evil] }),
    });
    const { tooltip } = model(state);
    // Whatever is markup is ours: links to our own commands, and our own icons.
    const links = [...tooltip.matchAll(/(?<!\\)\]\(([^)]*)\)/g)].map(([, target]) => target);
    const known = tooltipCommands.map((command) => `command:${command}`);
    expect(links.filter((target) => !known.includes(target?.split("?")[0] ?? ""))).toEqual([]);
    // An argument is what was said, whole, and nothing else.
    const told = links.flatMap((target) => target?.split("?").slice(1) ?? []);
    const values = told.map((text) => JSON.parse(decodeURIComponent(text)) as unknown);
    expect(values).toContainEqual([
      {
        view: "overview",
        narrow: { dimension: "source", value: evil[0] },
        figureOf: { period: "today", workspaces: [] },
      },
    ]);
    const icons = [...tooltip.matchAll(/\$\(([a-z-]+)\)/g)].map(([, icon]) => icon);
    expect(new Set(icons)).toEqual(new Set(["warning"]));
    expect(tooltip).not.toMatch(/(?<!\\)</);
    expect(tooltip).not.toContain("https://");
    expect(tooltip).not.toContain("\n\n# c");
  });
});
