import { OpenAPIHono } from "@hono/zod-openapi";
import { errorSchema } from "./apiSchemas.ts";
import { Problem, refuseInput } from "./problem.ts";
import { json, route } from "./routes.ts";
import type { ApiSurroundings } from "./surroundings.ts";
import {
  teamMembersSchema,
  teamSeriesQueryOf,
  teamSeriesQuerySchema,
  teamSeriesSchema,
  teamSpendQueryOf,
  teamSpendQuerySchema,
  teamSpendSchema,
} from "./teamViewSchemas.ts";

const none = json(errorSchema, "No team was joined.");
const description =
  "Whole days of the team's time zone. `freshness` says as of when; where the team's database is not reached, these are the last known figures.";

const spendRoute = route(
  "/v1/team/spend",
  {
    method: "get",
    operationId: "teamSpend",
    summary: "What the team spends, by one or two dimensions",
    description,
    request: { query: teamSpendQuerySchema },
  },
  { 200: json(teamSpendSchema, "Rows by falling cost, and the total."), 409: none },
);

const seriesRoute = route(
  "/v1/team/series",
  {
    method: "get",
    operationId: "teamSeries",
    summary: "What the team spends, day by day",
    description,
    request: { query: teamSeriesQuerySchema },
  },
  { 200: json(teamSeriesSchema, "Every day of the range, empty ones too."), 409: none },
);

const membersRoute = route(
  "/v1/team/members",
  {
    method: "get",
    operationId: "teamMembers",
    summary: "Who is of the team, and when each machine pushed last",
    description: "Times are by the clock of the team's database.",
  },
  { 200: json(teamMembersSchema, "Whoever pushed last comes first."), 409: none },
);

export function teamViewApi({ teamView }: ApiSurroundings) {
  const app = new OpenAPIHono({ defaultHook: refuseInput });

  app.openapi(spendRoute, async (context) =>
    context.json(ofTeam(await teamView.spend(teamSpendQueryOf(context.req.valid("query")))), 200),
  );

  app.openapi(seriesRoute, async (context) =>
    context.json(ofTeam(await teamView.series(teamSeriesQueryOf(context.req.valid("query")))), 200),
  );

  app.openapi(membersRoute, async (context) => context.json(ofTeam(await teamView.members()), 200));

  return app;
}

function ofTeam<Answer>(answer: Answer | null): Answer {
  if (answer === null) throw new Problem(409, "No team was joined: taximeter team join libsql://…");
  return answer;
}
