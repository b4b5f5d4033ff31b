import { z } from "@hono/zod-openapi";
import {
  isTeamDimension,
  type TeamFilters,
  type TeamMembers,
  type TeamSeries,
  type TeamSeriesQuery,
  type TeamSpend,
  type TeamSpendQuery,
  teamDimensionNames,
} from "../../shared/teamSpend.ts";
import { instant, rangeShape, text, usd } from "./apiSchemas.ts";
import { list, one, rangeEnds, wholeNumber, withoutUndefined } from "./querySchemas.ts";
import { totalsSchema } from "./spendSchemas.ts";
import { problemSchema } from "./teamSchemas.ts";

const dimension = z.enum(teamDimensionNames, `is none of ${teamDimensionNames.join(", ")}`);

const filterShape = Object.fromEntries(
  teamDimensionNames.map((name) => [
    name,
    list.optional().openapi({ description: "Any of these values; the empty one is none." }),
  ]),
) as Record<(typeof teamDimensionNames)[number], z.ZodOptional<typeof list>>;

export const teamSpendQuerySchema = z.strictObject({
  ...rangeEnds,
  ...filterShape,
  groupBy: one
    .transform((names) => names.split(","))
    .pipe(z.array(dimension).min(1, "is empty").max(2, "takes at most two dimensions"))
    .optional()
    .openapi({ type: "string", description: "One or two dimensions, comma-separated." }),
  limit: wholeNumber(1, 10_000).optional(),
});

export const teamSeriesQuerySchema = z.strictObject({
  ...rangeEnds,
  ...filterShape,
  groupBy: dimension.optional(),
  top: wholeNumber(1, 50).optional(),
});

const freshnessSchema = z
  .object({ asOf: instant.nullable(), problem: problemSchema.nullable(), unknownDays: z.int() })
  .openapi("TeamFreshness");

export const teamSpendSchema = z
  .object({
    ...rangeShape,
    groupBy: z.array(dimension),
    rows: z.array(totalsSchema.extend({ key: text, keys: z.array(text) }).openapi("TeamSpendRow")),
    total: totalsSchema,
    freshness: freshnessSchema,
  })
  .openapi("TeamSpend") satisfies z.ZodType<TeamSpend>;

export const teamSeriesSchema = z
  .object({
    ...rangeShape,
    groupBy: dimension.nullable(),
    days: z.array(z.string()),
    series: z.array(
      z.object({ key: text, other: z.boolean(), costUsd: z.array(usd), calls: z.array(z.int()) }),
    ),
    freshness: freshnessSchema,
  })
  .openapi("TeamSeries") satisfies z.ZodType<TeamSeries>;

export const teamMembersSchema = z
  .object({
    members: z.array(
      z
        .object({
          developer: z.string(),
          machines: z.array(z.object({ machine: z.string(), version: z.string(), lastPushedAt: instant })),
        })
        .openapi("TeamMember"),
    ),
    freshness: freshnessSchema,
  })
  .openapi("TeamMembers") satisfies z.ZodType<TeamMembers>;

function filtersOf(parameters: Readonly<Record<string, unknown>>): { filters?: TeamFilters } {
  const filters: TeamFilters = {};
  for (const [name, value] of Object.entries(parameters)) {
    if (!isTeamDimension(name) || value === undefined) continue;
    filters[name] = [value].flat().map(String);
  }
  return Object.keys(filters).length === 0 ? {} : { filters };
}

export function teamSpendQueryOf(parameters: z.output<typeof teamSpendQuerySchema>): TeamSpendQuery {
  const { from, to, groupBy, limit } = parameters;
  return { ...withoutUndefined({ from, to, groupBy, limit }), ...filtersOf(parameters) };
}

export function teamSeriesQueryOf(parameters: z.output<typeof teamSeriesQuerySchema>): TeamSeriesQuery {
  const { from, to, groupBy, top } = parameters;
  return { ...withoutUndefined({ from, to, groupBy, top }), ...filtersOf(parameters) };
}
