import { z } from "@hono/zod-openapi";
import {
  type BudgetInput,
  type BudgetScope,
  type BudgetState,
  budgetPeriods,
  unstoppableDimensions,
} from "../../shared/budgets.ts";
import { decimalToNanoUsd } from "../../shared/money.ts";
import { teamScopes } from "../team/teamScopes.ts";
import { dimension, instant, number, usd } from "./apiSchemas.ts";
import type { Described } from "./described.ts";

const scopeSchema = z
  .object({ dimension, value: z.string().max(2_000, "is too long") })
  .openapi("BudgetScope") satisfies z.ZodType<BudgetScope>;

const threshold = z.number("must be a number").gt(0, "must be above 0").max(1_000, "must be at most 1000");

const onOrOff = z.boolean("must be true or false").optional();

const budgetShape = {
  period: z.enum(budgetPeriods, `must be one of ${budgetPeriods.join(", ")}`),
  limitUsd: z
    .string("must be a decimal string")
    .refine((limit) => (decimalToNanoUsd(limit) ?? 0) > 0, "must be US dollars above 0, like 5 or 0.50")
    .openapi({ example: "5" }),
};

export const budgetInputSchema = z
  .object({
    ...budgetShape,
    scope: scopeSchema.nullable().optional(),
    thresholds: z.array(threshold).min(1, "is empty").max(10, "has more than ten").optional(),
    hardStop: onOrOff,
    inSettings: onOrOff,
    muted: onOrOff,
    team: onOrOff.openapi({ description: "The team's own: it stands in the team's database." }),
  })
  .refine(({ hardStop, scope }) => !hardStop || !scope || !unstoppableDimensions.includes(scope.dimension), {
    path: ["hardStop"],
    message: `cannot go by ${unstoppableDimensions.join(" or ")}`,
  })
  .refine(({ hardStop, team }) => !hardStop || !team, {
    path: ["hardStop"],
    message: "is nothing that a team's budget has: it only warns",
  })
  .refine(({ scope, team }) => !team || !scope || teamScopes[scope.dimension] !== undefined, {
    path: ["scope"],
    message: `of a team's budget is one of ${Object.keys(teamScopes).join(", ")}`,
  })
  .openapi("BudgetInput") satisfies z.ZodType<Described<BudgetInput>>;

export const budgetStateSchema = z
  .object({
    ...budgetShape,
    id: z.string(),
    scope: scopeSchema.nullable(),
    thresholds: z.array(z.number()),
    hardStop: z.literal(true).optional(),
    inSettings: z.literal(true).optional(),
    muted: z.literal(true).optional(),
    team: z.literal(true).optional(),
    periodStart: instant,
    periodEnd: instant,
    spentUsd: usd,
    percent: z.number(),
    reached: number,
    blindCalls: z.int(),
    projectedUsd: usd.nullable(),
  })
  .openapi("BudgetState") satisfies z.ZodType<Described<BudgetState>>;
