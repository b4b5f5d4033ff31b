import { OpenAPIHono, z } from "@hono/zod-openapi";
import type { Breakers } from "../../shared/protection.ts";
import { instant, text } from "./apiSchemas.ts";
import { refuseInput } from "./problem.ts";
import { json, jsonBody, route } from "./routes.ts";
import type { ApiSurroundings } from "./surroundings.ts";

const MAX_WORKSPACE_LENGTH = 2_000;

const breakersSchema = z
  .object({
    settings: z.object({ everywhere: z.boolean(), workspaces: z.record(z.string(), z.boolean()) }),
    circuits: z.array(
      z.object({
        provider: z.string(),
        model: text,
        state: z.enum(["closed", "open", "half-open"]),
        calls: z.int(),
        failures: z.int(),
        until: instant.nullable(),
      }),
    ),
  })
  .openapi("Breakers") satisfies z.ZodType<Breakers>;

const listRoute = route(
  "/v1/breakers",
  {
    method: "get",
    operationId: "breakers",
    summary: "Circuit breakers: where they are on, and what is open",
  },
  { 200: json(breakersSchema, "As they are now.") },
);

const setRoute = route(
  "/v1/breakers",
  {
    method: "put",
    operationId: "setBreakers",
    summary: "Switch circuit breakers on or off, everywhere or in one workspace",
    request: {
      body: jsonBody(
        z.object({
          enabled: z.boolean("must be true or false"),
          workspace: z
            .string("must be an absolute path")
            .min(1, "is empty")
            .max(MAX_WORKSPACE_LENGTH, "is too long")
            .nullable()
            .optional(),
        }),
      ),
    },
  },
  { 200: json(breakersSchema, "As they are now.") },
);

export function breakersApi({ breakers, protection }: ApiSurroundings) {
  const app = new OpenAPIHono({ defaultHook: refuseInput });
  app.openapi(listRoute, (context) => context.json(breakers.state(), 200));
  app.openapi(setRoute, async (context) => {
    const { enabled, workspace = null } = context.req.valid("json");
    const state = await breakers.set({ enabled, workspace });
    await protection.inForce();
    return context.json(state, 200);
  });
  return app;
}
