import { OpenAPIHono, z } from "@hono/zod-openapi";
import { bodyLimit } from "hono/body-limit";
import type { IngestResult } from "../../shared/callPages.ts";
import { readJsonBody, readNdjsonBody } from "../ingest/reportBody.ts";
import { reportSchema } from "../ingest/reportSchema.ts";
import { errorSchema } from "./apiSchemas.ts";
import { callsPageSchema, ingestResultSchema, refusedReportSchema } from "./callSchemas.ts";
import { Problem, refuseInput } from "./problem.ts";
import { callsQueryOf, callsQuerySchema, resolvedQuery } from "./querySchemas.ts";
import { json, route } from "./routes.ts";
import type { ApiSurroundings } from "./surroundings.ts";

export const MAX_BODY_BYTES = 16 * 1024 * 1024;

const ingestRoute = route(
  "/v1/calls",
  {
    method: "post",
    operationId: "ingest",
    summary: "Report calls",
    description:
      "One report, an array of them, or one a line. Each has its own outcome; one that is refused never sinks the rest. Reporting a call again changes nothing.",
    request: {
      headers: z.object({
        "x-taximeter-run": z.string().optional().openapi({ description: "The reporting process's run" }),
        "x-taximeter-process": z.string().optional().openapi({
          type: "integer",
          description: "Its process id: when that process has ended, what it left pending is closed",
        }),
        "x-taximeter-dropped": z.string().optional().openapi({
          type: "integer",
          description: "Calls that this run has had to drop since its last report",
        }),
        "x-taximeter-refused": z.string().optional().openapi({
          type: "integer",
          description: "Calls since then that a hard stop or a circuit breaker did not let out",
        }),
      }),
    },
  },
  {
    200: json(ingestResultSchema, "One outcome per report, in order, after all were stored."),
    413: json(errorSchema, "The body is longer than 16 MB."),
    415: json(errorSchema, "Neither JSON nor NDJSON."),
  },
);

const callsRoute = route(
  "/v1/calls",
  {
    method: "get",
    operationId: "calls",
    summary: "Single calls, page by page",
    description: "Further parameters `label:<name>` filter by label.",
    request: { query: callsQuerySchema, resolvedQuery },
  },
  { 200: json(callsPageSchema, "One page; `nextCursor` leads to the next.") },
);

export function callsApi({ store, ingest, resolve, heardOf }: ApiSurroundings) {
  const app = new OpenAPIHono({ defaultHook: refuseInput });

  app.use(
    "/v1/calls",
    bodyLimit({
      maxSize: MAX_BODY_BYTES,
      onError: () => {
        throw new Problem(413, "The body is longer than 16 MB. Send it in parts.");
      },
    }),
  );

  // The body is described here and read by hand, item by item: one that is wrong must not sink the rest.
  app.openAPIRegistry.registerPath({
    ...ingestRoute,
    request: {
      ...ingestRoute.request,
      body: {
        required: true,
        content: {
          "application/json": { schema: z.union([z.array(reportSchema), reportSchema]) },
          "application/x-ndjson": { schema: z.string().openapi({ description: "One CallReport a line" }) },
        },
      },
    },
    responses: {
      ...ingestRoute.responses,
      400: json(
        z.union([errorSchema, refusedReportSchema]),
        "The body cannot be read, or its only report, sent alone and not in an array, is refused.",
      ),
    },
  });
  app.post("/v1/calls", async (context) => {
    const text = await context.req.text();
    const isNdjson = /^application\/x-ndjson\b/i.test(context.req.header("content-type") ?? "");
    const body = isNdjson ? readNdjsonBody(text) : readJsonBody(text);
    if ("error" in body) throw new Problem(400, body.error);

    const run = context.req.header("x-taximeter-run");
    const processId = Number(context.req.header("x-taximeter-process"));
    if (run !== undefined) {
      heardOf({
        run: run.slice(0, 100),
        processId: Number.isSafeInteger(processId) && processId > 0 ? processId : null,
        newlyDropped: countIn(context.req.header("x-taximeter-dropped")),
        newlyRefused: countIn(context.req.header("x-taximeter-refused")),
      });
    }

    const result: IngestResult = { results: await ingest.take(body.items) };
    const [only] = result.results;
    if (body.single && only?.outcome === "rejected") {
      const [first] = only.errors;
      const field = first?.field ?? "";
      const error = field === "" ? `The report ${first?.message}.` : `${field} ${first?.message}.`;
      return context.json({ error, ...(field === "" ? {} : { field }), ...result }, 400);
    }
    return context.json(result, 200);
  });

  app.openapi(callsRoute, async (context) => {
    const query = resolvedQuery(resolve, callsQueryOf(context.req.valid("query")));
    return context.json(await store.calls(query), 200);
  });

  return app;
}

/** A header's count; 0 where it is none. */
function countIn(header: string | undefined): number {
  const count = Number(header ?? 0);
  return Number.isSafeInteger(count) ? Math.max(0, count) : 0;
}
