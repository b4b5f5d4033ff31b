import { createRoute, type RouteConfig, type z } from "@hono/zod-openapi";
import { errorSchema } from "./apiSchemas.ts";

/** A JSON answer. */
export function json<Schema extends z.ZodType>(schema: Schema, description: string) {
  return { description, content: { "application/json": { schema } } };
}

/** A JSON body that must be there. */
export function jsonBody<Schema extends z.ZodType>(schema: Schema) {
  return { required: true, content: { "application/json": { schema } } };
}

const refusals = {
  400: json(errorSchema, "The input is wrong; `field` says where."),
  401: json(errorSchema, "No valid token."),
  403: json(errorSchema, "Another host's name or another origin."),
};

/** A route under the token, with the refusals that all of them share. */
export function route<
  const Path extends string,
  const Config extends Omit<RouteConfig, "path" | "responses">,
  const Responses extends RouteConfig["responses"],
>(path: Path, config: Config, responses: Responses) {
  return createRoute({
    ...config,
    path,
    security: [{ token: [] }],
    responses: { ...responses, ...refusals },
  });
}
