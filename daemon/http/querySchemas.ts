import { z } from "@hono/zod-openapi";
import { callStatuses, costStatuses } from "../../shared/call.ts";
import type { CallsQuery } from "../../shared/callPages.ts";
import type { ConversationsQuery } from "../../shared/conversations.ts";
import { dimensions, type Filters, isDimension, type NamedDimension } from "../../shared/dimensions.ts";
import type { PerformanceQuery } from "../../shared/performance.ts";
import type { Range, ResolvedRange } from "../../shared/range.ts";
import { intervals, type SeriesQuery, type SpendQuery } from "../../shared/spend.ts";
import type { Resolved, TimeRange } from "../store/store.ts";

/** Query strings of the reading routes: what `queryString` in `shared/api.ts` writes. */

const MAX_VALUES = 1_000;

export const list = z
  .union([z.string(), z.array(z.string()).max(MAX_VALUES, "is given too often")])
  .openapi({ type: "array", items: { type: "string" } });

export const one = z.string("must be given once");

export const rangeEnds = {
  from: one.max(100, "is too long").optional().openapi({
    description: "today, yesterday, week, month, 7d, all, YYYY-MM-DD or an ISO 8601 instant; default today",
  }),
  to: one.max(100, "is too long").optional().openapi({ description: "likewise; the end of its period" }),
};
const rangeShape = {
  ...rangeEnds,
  timeZone: one
    .max(100, "is too long")
    .optional()
    .openapi({ description: "IANA name; default the daemon's" }),
};

const filterShape = Object.fromEntries(
  dimensions.map((dimension) => [
    dimension,
    list.optional().openapi({ description: "Any of these values; the empty one is none." }),
  ]),
) as Record<NamedDimension, z.ZodOptional<typeof list>>;

const dimension = z
  .string("must be given once")
  .refine(isDimension, `is none of ${dimensions.join(", ")}, label:<name>`);

const groupBy = one
  .transform((text) => text.split(","))
  .pipe(z.array(dimension).min(1, "is empty").max(2, "takes at most two dimensions"))
  .openapi({ type: "string", description: "One or two dimensions, comma-separated." });

/** Decimal digits alone: what else JavaScript takes for a number, a query does not. */
export function wholeNumber(min: number, max: number) {
  return one
    .regex(/^\d{1,9}$/, "must be a whole number")
    .transform(Number)
    .pipe(z.number().min(min, `must be at least ${min}`).max(max, `must be at most ${max}`))
    .openapi({ type: "integer", minimum: min, maximum: max });
}

/** Further parameters are filters by label; whatever else is there is refused by its name. */
function query<Shape extends z.ZodRawShape>(shape: Shape) {
  return z
    .object(shape)
    .catchall(list)
    .superRefine((values, refinement) => {
      for (const key of Object.keys(values)) {
        if (Object.hasOwn(shape, key) || (key.startsWith("label:") && isDimension(key))) continue;
        refinement.addIssue({
          code: "custom",
          path: [key.slice(0, 100)],
          message: "is no parameter of this route",
        });
      }
    });
}

export const rangeQuerySchema = query(rangeShape);
export const pricesQuerySchema = query({
  ...rangeShape,
  model: one.max(400, "is too long").optional().openapi({
    description: "A model, or `provider:model`: what it costs is listed.",
  }),
  workspace: one.max(2_000, "is too long").optional().openapi({
    description: "Absolute path of a workspace that may have prices of its own.",
  }),
});
export const liveQuerySchema = query({ ...rangeShape, ...filterShape });
export const spendQuerySchema = query({
  ...rangeShape,
  ...filterShape,
  groupBy: groupBy.optional(),
  limit: wholeNumber(1, 10_000).optional(),
});
export const conversationsQuerySchema = query({
  ...rangeShape,
  ...filterShape,
  limit: wholeNumber(1, 1_000).optional(),
});
export const seriesQuerySchema = query({
  ...rangeShape,
  ...filterShape,
  groupBy: dimension.optional().openapi({ type: "string" }),
  interval: z.enum(intervals, `is none of ${intervals.join(", ")}`).optional(),
  top: wholeNumber(1, 50).optional(),
});
export const performanceQuerySchema = query({
  ...rangeShape,
  ...filterShape,
  groupBy: dimension.optional().openapi({ type: "string", description: "Default: provider." }),
  interval: z.enum(intervals, `is none of ${intervals.join(", ")}`).optional(),
  limit: wholeNumber(1, 1_000).optional(),
});
export const callsQuerySchema = query({
  ...rangeShape,
  ...filterShape,
  status: z.enum(callStatuses, `is none of ${callStatuses.join(", ")}`).optional(),
  costStatus: z.enum(costStatuses, `is none of ${costStatuses.join(", ")}`).optional(),
  runId: one.optional(),
  limit: wholeNumber(1, 1_000).optional(),
  cursor: one.max(500, "is too long").optional(),
  order: z.enum(["asc", "desc"], "is neither asc nor desc").optional(),
});

/** The filters among the parameters. `undefined` where there are none. */
export function filtersOf(parameters: Readonly<Record<string, unknown>>): { filters?: Filters } {
  const filters: Filters = {};
  for (const [key, value] of Object.entries(parameters)) {
    if (!isDimension(key)) continue;
    if (typeof value === "string") filters[key] = [value];
    else if (Array.isArray(value)) filters[key] = value.map(String);
  }
  return Object.keys(filters).length === 0 ? {} : { filters };
}

export function rangeOf({ from, to, timeZone }: { [Key in keyof Range]: Range[Key] | undefined }): Range {
  return withoutUndefined({ from, to, timeZone });
}

export function spendQueryOf(parameters: z.output<typeof spendQuerySchema>): SpendQuery {
  const { groupBy, limit } = parameters;
  return { ...rangeOf(parameters), ...filtersOf(parameters), ...withoutUndefined({ groupBy, limit }) };
}

export function conversationsQueryOf(
  parameters: z.output<typeof conversationsQuerySchema>,
): ConversationsQuery {
  const { limit } = parameters;
  return { ...rangeOf(parameters), ...filtersOf(parameters), ...withoutUndefined({ limit }) };
}

export function seriesQueryOf(parameters: z.output<typeof seriesQuerySchema>): SeriesQuery {
  const { groupBy, interval, top } = parameters;
  return {
    ...rangeOf(parameters),
    ...filtersOf(parameters),
    ...withoutUndefined({ groupBy, interval, top }),
  };
}

export function performanceQueryOf(parameters: z.output<typeof performanceQuerySchema>): PerformanceQuery {
  const { groupBy, interval, limit } = parameters;
  return {
    ...rangeOf(parameters),
    ...filtersOf(parameters),
    ...withoutUndefined({ groupBy, interval, limit }),
  };
}

export function callsQueryOf(parameters: z.output<typeof callsQuerySchema>): CallsQuery {
  const { status, costStatus, runId, limit, cursor, order } = parameters;
  const rest = withoutUndefined({ status, costStatus, runId, limit, cursor, order });
  return { ...rangeOf(parameters), ...filtersOf(parameters), ...rest };
}

/** A query with its range resolved, as the store takes it. */
export function resolvedQuery<Query extends Range>(
  resolve: (range: Range) => { range: TimeRange; resolved: ResolvedRange },
  query: Query,
): Resolved<Query> {
  const { from, to, timeZone, ...rest } = query;
  return { ...rest, ...resolve(withoutUndefined({ from, to, timeZone })) };
}

type Present<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> };

export function withoutUndefined<T extends object>(value: T): Present<T> {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as Present<T>;
}
