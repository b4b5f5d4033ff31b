import { OpenAPIHono, z } from "@hono/zod-openapi";
import { parsePriceName } from "../../shared/prices.ts";
import { CatalogueFileError } from "../pricing/catalogueFile.ts";
import { OlderCatalogueError } from "../pricing/priceBook.ts";
import { overrideOf } from "../pricing/priceEntry.ts";
import { PriceFileError } from "../pricing/priceFileEditor.ts";
import { absolutePath } from "./absolutePath.ts";
import { errorSchema } from "./apiSchemas.ts";
import {
  catalogueSchema,
  knownOverrideSchema,
  overrideSchema,
  pricesSchema,
  repriceInputSchema,
  repricingSchema,
  unpricedModelSchema,
} from "./priceSchemas.ts";
import { Problem, refuseInput } from "./problem.ts";
import { pricesQuerySchema, rangeOf, rangeQuerySchema } from "./querySchemas.ts";
import { json, jsonBody, route } from "./routes.ts";
import type { ApiSurroundings } from "./surroundings.ts";

const unwritable = { 409: json(errorSchema, "The user's file cannot be changed.") };

const pricesRoute = route(
  "/v1/prices",
  {
    method: "get",
    operationId: "prices",
    summary: "Which prices are in force, and what has none",
    request: { query: pricesQuerySchema },
  },
  { 200: json(pricesSchema, "The catalogue, the user's own prices, and models without one.") },
);

const setRoute = route(
  "/v1/prices",
  {
    method: "put",
    operationId: "setPrice",
    summary: "Set the user's own price of a model",
    description:
      "Replaces one that is there. It holds for new calls; `POST /v1/prices/reprice` for old ones.",
    request: { body: jsonBody(overrideSchema) },
  },
  { 200: json(knownOverrideSchema, "As it is written now."), ...unwritable },
);

const removeRoute = route(
  "/v1/prices/{id}",
  {
    method: "delete",
    operationId: "removePrice",
    summary: "Remove a price of the user's own",
    request: {
      params: z.object({
        id: z
          .string()
          .min(3)
          .max(500)
          .openapi({ description: "`openai:my-model`, or `firecrawl:*`, encoded" }),
      }),
    },
  },
  { 200: json(z.object({ removed: z.boolean() }), "Whether there was one."), ...unwritable },
);

const unpricedRoute = route(
  "/v1/prices/unpriced",
  {
    method: "get",
    operationId: "unpriced",
    summary: "Models without a price",
    request: { query: rangeQuerySchema },
  },
  { 200: json(z.object({ models: z.array(unpricedModelSchema) }), "By falling number of calls.") },
);

const repriceRoute = route(
  "/v1/prices/reprice",
  {
    method: "post",
    operationId: "reprice",
    summary: "Interpret and price history again",
    description:
      "Each call at its own date. Works for some seconds; where `nextCursor` is not null, ask for the rest by it.",
    request: { body: jsonBody(repriceInputSchema) },
  },
  { 200: json(repricingSchema, "What changed, or would, by model.") },
);

const updateRoute = route(
  "/v1/prices/catalogue",
  {
    method: "put",
    operationId: "updateCatalogue",
    summary: "Take a newer list of prices from a file",
    request: {
      body: jsonBody(
        z.object({
          file: absolutePath,
          date: z.iso.date("must be a date like 2026-11-20").optional(),
          force: z.boolean("must be true or false").optional(),
        }),
      ),
    },
  },
  {
    200: json(catalogueSchema, "The list that is in force now."),
    409: json(errorSchema, "It is older than the one in force."),
    422: json(errorSchema, "It is no such list."),
  },
);

export function pricesApi({ store, resolve, prices, reprice }: ApiSurroundings) {
  const app = new OpenAPIHono({ defaultHook: refuseInput });

  app.openapi(pricesRoute, async (context) => {
    const { model, workspace = null, ...query } = context.req.valid("query");
    const { range } = resolve({ from: "all", ...rangeOf(query) });
    const [book, unpriced] = await Promise.all([prices(), store.unpricedModels(range)]);
    const answer = {
      catalogue: book.catalogue(),
      overrides: book.overrides(workspace),
      unpriced,
      warnings: book.warnings(),
      listed: model === undefined ? [] : book.listed(model, workspace),
    };
    return context.json(answer, 200);
  });

  app.openapi(setRoute, async (context) => {
    const book = await prices();
    const known = await refusing(book.setOverride(overrideOf(context.req.valid("json"))));
    return context.json(known, 200);
  });

  app.openapi(removeRoute, async (context) => {
    const name = parsePriceName(context.req.valid("param").id);
    if (name === null) throw new Problem(400, "id must be like openai:my-model, or firecrawl:*.", "id");
    const book = await prices();
    return context.json({ removed: await refusing(book.removeOverride(name)) }, 200);
  });

  app.openapi(unpricedRoute, async (context) => {
    const { range } = resolve(rangeOf(context.req.valid("query")));
    return context.json({ models: await store.unpricedModels(range) }, 200);
  });

  app.openapi(repriceRoute, async (context) => {
    const { dryRun = false, provider, model, cursor, ...range } = context.req.valid("json");
    const repricing = await reprice({
      range: resolve({ from: "all", ...rangeOf(range) }).range,
      dryRun,
      ...(provider === undefined ? {} : { provider }),
      ...(model === undefined ? {} : { model }),
      ...(cursor === undefined ? {} : { cursor }),
    });
    return context.json(repricing, 200);
  });

  app.openapi(updateRoute, async (context) => {
    const { file, date, force = false } = context.req.valid("json");
    const book = await prices();
    const update = { file, force, ...(date === undefined ? {} : { date }) };
    return context.json(await refusing(book.updateCatalogue(update)), 200);
  });

  return app;
}

/** What a user can put right is a refusal, not a bug. */
async function refusing<Result>(work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof PriceFileError || error instanceof OlderCatalogueError) {
      throw new Problem(409, error.message);
    }
    if (error instanceof CatalogueFileError) throw new Problem(422, error.message, "file");
    throw error;
  }
}
