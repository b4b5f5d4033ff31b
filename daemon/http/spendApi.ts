import { OpenAPIHono } from "@hono/zod-openapi";
import { refuseInput } from "./problem.ts";
import {
  resolvedQuery,
  seriesQueryOf,
  seriesQuerySchema,
  spendQueryOf,
  spendQuerySchema,
} from "./querySchemas.ts";
import { json, route } from "./routes.ts";
import { seriesSchema, spendSchema } from "./spendSchemas.ts";
import type { ApiSurroundings } from "./surroundings.ts";

const byLabel = "Further parameters `label:<name>` filter by label.";

const spendRoute = route(
  "/v1/spend",
  {
    method: "get",
    operationId: "spend",
    summary: "Sums over calls, by one or two dimensions",
    description: byLabel,
    request: { query: spendQuerySchema },
  },
  { 200: json(spendSchema, "Rows by falling cost, and the total.") },
);

const seriesRoute = route(
  "/v1/series",
  {
    method: "get",
    operationId: "series",
    summary: "Spend over time",
    description: byLabel,
    request: { query: seriesQuerySchema },
  },
  { 200: json(seriesSchema, "Every bucket of the range, empty ones too.") },
);

export function spendApi({ store, resolve, series }: ApiSurroundings) {
  const app = new OpenAPIHono({ defaultHook: refuseInput });

  app.openapi(spendRoute, async (context) => {
    const query = resolvedQuery(resolve, spendQueryOf(context.req.valid("query")));
    return context.json(await store.spend(query), 200);
  });

  app.openapi(seriesRoute, async (context) => {
    return context.json(await series(seriesQueryOf(context.req.valid("query"))), 200);
  });

  return app;
}
