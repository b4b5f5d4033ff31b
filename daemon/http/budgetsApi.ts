import { OpenAPIHono, z } from "@hono/zod-openapi";
import { type BudgetInput, TEAM_BUDGET } from "../../shared/budgets.ts";
import { errorSchema } from "./apiSchemas.ts";
import { budgetInputSchema, budgetStateSchema } from "./budgetSchemas.ts";
import { refuseInput } from "./problem.ts";
import { json, jsonBody, route } from "./routes.ts";
import type { ApiSurroundings } from "./surroundings.ts";
import { orProblem } from "./teamApi.ts";

const params = z.object({
  id: z
    .string()
    .min(1)
    .max(2_500)
    .openapi({ description: "`day`, or `day:workspace:/home/me/shop`, encoded" }),
});

const unreached = json(errorSchema, "The team's database, which holds this budget, was not reached.");

const listRoute = route(
  "/v1/budgets",
  { method: "get", operationId: "budgets", summary: "Budgets, and where they stand" },
  {
    200: json(
      z.object({ budgets: z.array(budgetStateSchema), removedIds: z.array(z.string()) }),
      "All budgets, and the ids of those that stood in an editor's settings and were removed since.",
    ),
  },
);

const setRoute = route(
  "/v1/budgets",
  {
    method: "put",
    operationId: "setBudget",
    summary: "Set the budget of a period and scope",
    request: { body: jsonBody(budgetInputSchema) },
  },
  { 200: json(budgetStateSchema, "As it is now."), 502: unreached },
);

const removeRoute = route(
  "/v1/budgets/{id}",
  { method: "delete", operationId: "removeBudget", summary: "Remove a budget", request: { params } },
  { 200: json(z.object({ removed: z.boolean() }), "Whether there was one."), 502: unreached },
);

const claimRoute = route(
  "/v1/budgets/{id}/notices",
  {
    method: "post",
    operationId: "claimBudgetNotice",
    summary: "Claim the telling of a threshold that was crossed",
    description: "Of all clients that ask, the first gets `claimed: true` and tells the user.",
    request: {
      params,
      body: jsonBody(
        z.object({ periodStart: z.iso.datetime("must be an ISO 8601 instant"), threshold: z.number() }),
      ),
    },
  },
  { 200: json(z.object({ claimed: z.boolean() }), "Whether this client is the one.") },
);

export function budgetsApi({ budgets, teamBudgets, protection }: ApiSurroundings) {
  const app = new OpenAPIHono({ defaultHook: refuseInput });

  app.openapi(listRoute, async (context) => {
    const [own, ofTeam, removedIds] = await Promise.all([
      budgets.states(),
      teamBudgets.states(),
      budgets.removedIds(),
    ]);
    return context.json({ budgets: [...own, ...ofTeam], removedIds }, 200);
  });

  app.openapi(setRoute, async (context) => {
    const { period, limitUsd, scope, thresholds, hardStop, inSettings, muted, team } =
      context.req.valid("json");
    const input: BudgetInput = {
      period,
      limitUsd,
      ...(scope === undefined ? {} : { scope }),
      ...(thresholds === undefined ? {} : { thresholds }),
      ...(hardStop === undefined ? {} : { hardStop }),
      ...(inSettings === undefined ? {} : { inSettings }),
      ...(muted === undefined ? {} : { muted }),
    };
    if (team) return context.json(await orProblem(teamBudgets.set(input)), 200);
    const state = await budgets.set(input);
    await protection.inForce();
    return context.json(state, 200);
  });

  app.openapi(removeRoute, async (context) => {
    const { id } = context.req.valid("param");
    const isTeams = id.startsWith(TEAM_BUDGET);
    const removed = isTeams ? await orProblem(teamBudgets.remove(id)) : await budgets.remove(id);
    if (!isTeams) await protection.inForce();
    return context.json({ removed }, 200);
  });

  app.openapi(claimRoute, async (context) => {
    const { periodStart, threshold } = context.req.valid("json");
    const claimed = await budgets.claimNotice(context.req.valid("param").id, periodStart, threshold);
    return context.json({ claimed }, 200);
  });

  return app;
}
