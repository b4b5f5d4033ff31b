import { OpenAPIHono, z } from "@hono/zod-openapi";
import type { CallDetail } from "../../shared/callDetail.ts";
import { priceFields } from "../../shared/prices.ts";
import { explainedCall } from "../repricing/explainedCall.ts";
import { errorSchema, text, usd } from "./apiSchemas.ts";
import { callSchema } from "./callSchemas.ts";
import type { Described } from "./described.ts";
import { Problem, refuseInput } from "./problem.ts";
import { json, route } from "./routes.ts";
import type { ApiSurroundings } from "./surroundings.ts";

const callDetailSchema = z
  .object({
    call: callSchema,
    cost: z.array(
      z
        .object({
          field: z.enum(priceFields),
          count: z.number(),
          usd: z.number().nullable(),
          per: z.number(),
          costUsd: usd.nullable(),
          priceKey: text,
        })
        .openapi("CostLine"),
    ),
    costAsStored: z.boolean(),
    attempts: z.array(callSchema),
  })
  .openapi("CallDetail") satisfies z.ZodType<Described<CallDetail>>;

const callRoute = route(
  "/v1/calls/{id}",
  {
    method: "get",
    operationId: "call",
    summary: "One call: how its cost is made up, and the attempts of its operation",
    request: { params: z.object({ id: z.string().max(200, "is too long") }) },
  },
  { 200: json(callDetailSchema, "As it is stored."), 404: json(errorSchema, "There is no such call.") },
);

export function callDetailApi({ store, prices }: ApiSurroundings) {
  const app = new OpenAPIHono({ defaultHook: refuseInput });
  app.openapi(callRoute, async (context) => {
    const found = await store.callWithAttempts(context.req.valid("param").id);
    if (found === null) throw new Problem(404, "There is no call of this id.", "id");
    return context.json(explainedCall(found, (await prices()).pricer), 200);
  });
  return app;
}
