import { OpenAPIHono } from "@hono/zod-openapi";
import { refuseInput } from "./problem.ts";
import { conversationsQueryOf, conversationsQuerySchema, resolvedQuery } from "./querySchemas.ts";
import { json, route } from "./routes.ts";
import { conversationsSchema } from "./spendSchemas.ts";
import type { ApiSurroundings } from "./surroundings.ts";

const conversationsRoute = route(
  "/v1/conversations",
  {
    method: "get",
    operationId: "conversations",
    summary: "The conversations that cost most, and what models went into them",
    description: "Further parameters `label:<name>` filter by label.",
    request: { query: conversationsQuerySchema },
  },
  { 200: json(conversationsSchema, "By falling cost; the total is over all of them.") },
);

export function conversationsApi({ store, resolve }: ApiSurroundings) {
  const app = new OpenAPIHono({ defaultHook: refuseInput });
  app.openapi(conversationsRoute, async (context) => {
    const query = resolvedQuery(resolve, conversationsQueryOf(context.req.valid("query")));
    return context.json(await store.conversations(query), 200);
  });
  return app;
}
