import { describe, expect, it } from "vitest";
import { budgetChanges, byId } from "../../extension/budgets/budgetChanges.ts";
import { parseBudgets } from "../../extension/budgets/budgetSetting.ts";
import { createBreakerSync } from "../../extension/protection/breakerSync.ts";
import { readSettings } from "../../extension/settings.ts";
import type { ApiRequest } from "../../shared/api.ts";
import { makeBudget } from "../extension/builders.ts";

describe("a hard stop in the setting", () => {
  const day = { period: "day", limitUsd: 5 };

  it("is read, and what is none is named", () => {
    const problems: string[] = [];
    const read = parseBudgets(
      [
        { period: "day", limitUsd: 5, hardStop: true },
        { period: "week", limitUsd: 9, hardStop: false },
        { period: "month", limitUsd: 9, hardStop: "yes" },
      ],
      problems,
    );
    expect(read).toMatchObject([
      { period: "day", hardStop: true },
      { period: "week", hardStop: false },
    ]);
    expect(problems).toEqual(["taximeter.budgets[2]: hardStop must be true or false."]);
  });

  it("is switched off where it is taken out", () => {
    const [on, off] = [true, false].map((hardStop) => byId(parseBudgets([{ ...day, hardStop }], [])));
    if (on === undefined || off === undefined) throw new Error("no setting was read");
    const held = byId([makeBudget({ hardStop: true, inSettings: true })]);
    const changes = budgetChanges({ wanted: off, applied: on, held }, () => true);
    expect(changes.set).toMatchObject([{ period: "day", hardStop: false }]);
  });
});

describe("the setting of circuit breakers", () => {
  function editor() {
    const sent: unknown[] = [];
    let applied: Record<string, boolean> = {};
    let isAway = false;
    const link = {
      async request(_name: string, { body }: ApiRequest<"setBreakers">) {
        if (isAway) throw new Error("away");
        sent.push(body);
      },
    };
    const sync = createBreakerSync(link as never, {
      read: () => applied,
      write: async (next) => {
        applied = next;
      },
    });
    return { sync, sent, applied: () => applied, away: (value: boolean) => (isAway = value) };
  }

  it("is off by default, and only true is on", () => {
    const read = (value: unknown) => readSettings((key) => (key === "circuitBreaker" ? value : undefined));
    expect([undefined, false, "true", 1, true].map((value) => read(value).circuitBreaker)).toEqual([
      false,
      false,
      false,
      false,
      true,
    ]);
  });

  it("is handed over when it changes, folder by folder", async () => {
    const { sync, sent } = editor();
    await sync.apply(false, ["/shop"]);
    expect(sent).toEqual([]);
    await sync.apply(true, ["/shop"]);
    await sync.apply(true, ["/shop", "/blog"]);
    await sync.apply(true, ["/shop", "/blog"]);
    await sync.apply(false, ["/shop"]);
    expect(sent).toEqual([
      { enabled: true, workspace: "/shop" },
      { enabled: true, workspace: "/blog" },
      { enabled: false, workspace: "/shop" },
    ]);
  });

  it("is tried again where the daemon was away", async () => {
    const { sync, sent, applied, away } = editor();
    away(true);
    await expect(sync.apply(true, ["/shop"])).rejects.toThrow("away");
    expect(applied()).toEqual({});
    away(false);
    await sync.apply(true, ["/shop"]);
    expect(sent).toEqual([{ enabled: true, workspace: "/shop" }]);
    expect(applied()).toEqual({ "/shop": true });
  });
});
