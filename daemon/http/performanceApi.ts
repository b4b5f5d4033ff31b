import { OpenAPIHono, z } from "@hono/zod-openapi";
import { isDimension } from "../../shared/dimensions.ts";
import type { Performance, PerformanceFigures } from "../../shared/performance.ts";
import { intervals } from "../../shared/spend.ts";
import type { TimeRange } from "../store/store.ts";
import { instant, text } from "./apiSchemas.ts";
import type { Described } from "./described.ts";
import { refuseInput } from "./problem.ts";
import { performanceQueryOf, performanceQuerySchema } from "./querySchemas.ts";
import { rangeBuckets } from "./rangeBuckets.ts";
import { json, route } from "./routes.ts";
import type { ApiSurroundings } from "./surroundings.ts";

const DEFAULT_LIMIT = 100;

const milliseconds = z.number().nullable();
const figuresSchema = z
  .object({
    calls: z.int(),
    errors: z.int(),
    aborted: z.int(),
    retries: z.int(),
    durationP50Ms: milliseconds,
    durationP95Ms: milliseconds,
    durationP99Ms: milliseconds,
    firstTokenP50Ms: milliseconds,
    firstTokenP95Ms: milliseconds,
    firstTokenCalls: z.int(),
  })
  .openapi("PerformanceFigures") satisfies z.ZodType<PerformanceFigures>;

const performanceSchema = z
  .object({
    from: instant,
    to: instant,
    timeZone: z.string(),
    groupBy: z.string().refine(isDimension),
    rows: z.array(figuresSchema.extend({ key: text }).openapi("PerformanceRow")),
    total: figuresSchema,
    interval: z.enum(intervals),
    buckets: z.array(instant),
    overTime: z.array(figuresSchema),
  })
  .openapi("Performance") satisfies z.ZodType<Described<Performance>>;

const performanceRoute = route(
  "/v1/performance",
  {
    method: "get",
    operationId: "performance",
    summary: "How long calls took and how many failed, by one dimension and over time",
    description: "Further parameters `label:<name>` filter by label.",
    request: { query: performanceQuerySchema },
  },
  { 200: json(performanceSchema, "Rows by falling number of calls; every bucket of the range.") },
);

export function performanceApi({ store, resolve }: ApiSurroundings) {
  const app = new OpenAPIHono({ defaultHook: refuseInput });
  app.openapi(performanceRoute, async (context) => {
    const {
      groupBy = "provider",
      filters = {},
      interval: chosen,
      limit = DEFAULT_LIMIT,
      ...range
    } = performanceQueryOf(context.req.valid("query"));
    const { resolved, interval, boundsMs, buckets } = await rangeBuckets(range, chosen, { store, resolve });
    const sums = await store.performance({ intervals: between(boundsMs), groupBy, filters, limit });
    return context.json({ ...resolved, groupBy, interval, buckets, ...sums }, 200);
  });
  return app;
}

function between(boundsMs: readonly number[]): TimeRange[] {
  return boundsMs.slice(1).map((toMs, index) => ({ fromMs: boundsMs[index] ?? toMs, toMs }));
}
