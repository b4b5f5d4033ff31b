import { OpenAPIHono, z } from "@hono/zod-openapi";
import { LIVE_PATH } from "../../shared/live.ts";
import { eventStream } from "../live/eventStream.ts";
import { refuseInput } from "./problem.ts";
import { filtersOf, liveQuerySchema, rangeOf } from "./querySchemas.ts";
import { route } from "./routes.ts";
import type { ApiSurroundings } from "./surroundings.ts";

const liveRoute = route(
  LIVE_PATH,
  {
    method: "get",
    operationId: "live",
    summary: "What is watched, as it changes",
    description:
      "Server-sent events `snapshot`, `spend`, `call`, `budget`, `health`: each carries the whole of what it speaks of, and a `snapshot` comes first. Further parameters `label:<name>` filter by label.",
    request: { query: liveQuerySchema },
  },
  {
    200: {
      description: "A stream that ends with the daemon.",
      content: { "text/event-stream": { schema: z.string() } },
    },
  },
);

export function liveApi({ live, resolve }: ApiSurroundings) {
  const app = new OpenAPIHono({ defaultHook: refuseInput });
  app.openapi(liveRoute, (context) => {
    const parameters = context.req.valid("query");
    const query = { ...rangeOf(parameters), ...filtersOf(parameters) };
    // A range that is none is refused now; in the stream there is nobody left to tell.
    resolve(rangeOf(parameters));
    const stream = eventStream((sink) => live.subscribe(query, sink));
    return new Response(stream, { headers: { "content-type": "text/event-stream; charset=utf-8" } });
  });
  return app;
}
