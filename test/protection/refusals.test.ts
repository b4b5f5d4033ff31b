import { expect, it } from "vitest";
import { budgetRefusal } from "../../shim/protection/refusals.ts";
import { makeHardBudget } from "./stateFiles.ts";

it("figures that fill a budget add up to more than it", () => {
  const budget = makeHardBudget({ limitNanoUsd: 300_000_000 });
  const exceeded = { budget, spentNanoUsd: 294_000_000, ownNanoUsd: 2_000_000 };
  const known = { asOf: "2026-11-21T12:00:00.000Z", daemonRuns: true };
  const { message, limitUsd } = budgetRefusal(exceeded, 4_000_001, known);
  expect(limitUsd).toBe("0.3");
  expect(message).toBe(
    "Taximeter stopped this call: of the budget of $0.30 a day, $0.294 is spent, this process's latest calls may take $0.002, and it may cost up to $0.004001.",
  );
});
