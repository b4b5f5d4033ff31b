import { OpenAPIHono } from "@hono/zod-openapi";
import { parseTeamUrl } from "../../shared/teamUrl.ts";
import { TeamFailure } from "../team/teamFailure.ts";
import { errorSchema } from "./apiSchemas.ts";
import { Problem, refuseInput } from "./problem.ts";
import { json, jsonBody, route } from "./routes.ts";
import type { ApiSurroundings } from "./surroundings.ts";
import {
  joinSchema,
  leaveQuerySchema,
  previewQuerySchema,
  shareSchema,
  teamPreviewSchema,
  teamPushSchema,
  teamStatusSchema,
  tokenSchema,
} from "./teamSchemas.ts";

const DEFAULT_PREVIEW = 20;

const status = json(teamStatusSchema, "As it is now.");
const unreached = json(
  errorSchema,
  "The team's database could not be reached or refused; nothing has changed.",
);

const statusRoute = route(
  "/v1/team",
  { method: "get", operationId: "team", summary: "The team, and what is to be pushed to it" },
  { 200: status },
);

const joinRoute = route(
  "/v1/team",
  {
    method: "put",
    operationId: "joinTeam",
    summary: "Join a team's database, or join again with another token or share",
    description: "The token is held in memory or in the system's keychain, and is in no answer.",
    request: { body: jsonBody(joinSchema) },
  },
  { 200: status, 502: unreached },
);

const tokenRoute = route(
  "/v1/team/token",
  {
    method: "put",
    operationId: "giveTeamToken",
    summary: "Give the token again, after a restart or in the place of one that expired",
    request: { body: jsonBody(tokenSchema) },
  },
  { 200: status, 502: unreached },
);

const shareRoute = route(
  "/v1/team/share",
  {
    method: "put",
    operationId: "shareWithTeam",
    summary: "Choose what is shared",
    description: "What the team has of this machine is taken back, and pushed again as it is shared now.",
    request: { body: jsonBody(shareSchema) },
  },
  { 200: status, 502: unreached },
);

const previewRoute = route(
  "/v1/team/preview",
  {
    method: "get",
    operationId: "previewTeam",
    summary: "What leaves, before it does",
    request: { query: previewQuerySchema },
  },
  { 200: json(teamPreviewSchema, "What is to be pushed, or where nothing is, the latest.") },
);

const pushRoute = route(
  "/v1/team/push",
  { method: "post", operationId: "pushToTeam", summary: "Push now" },
  { 200: json(teamPushSchema, "How far it came; `problem` says what stopped it.") },
);

const leaveRoute = route(
  "/v1/team",
  {
    method: "delete",
    operationId: "leaveTeam",
    summary: "Leave the team",
    request: { query: leaveQuerySchema },
  },
  { 200: status, 502: unreached },
);

export function teamApi({ team }: ApiSurroundings) {
  const app = new OpenAPIHono({ defaultHook: refuseInput });

  app.openapi(statusRoute, async (context) => context.json(await team.status(), 200));

  app.openapi(joinRoute, async (context) => {
    const { url: given, token, keepToken, share } = context.req.valid("json");
    const parsed = parseTeamUrl(given);
    if (!parsed.ok) throw new Problem(400, `url ${parsed.problem}.`, "url");
    const joined = await orProblem(
      team.join({
        url: parsed.url,
        ...(token === undefined ? {} : { token }),
        ...(keepToken === undefined ? {} : { keepToken }),
        ...(share === undefined ? {} : { share }),
      }),
    );
    return context.json(joined, 200);
  });

  app.openapi(tokenRoute, async (context) =>
    context.json(await orProblem(team.giveToken(context.req.valid("json").token)), 200),
  );

  app.openapi(shareRoute, async (context) =>
    context.json(await orProblem(team.share(context.req.valid("json"))), 200),
  );

  app.openapi(previewRoute, async (context) => {
    const { limit = DEFAULT_PREVIEW, share, details } = context.req.valid("query");
    const over = {
      ...(share === undefined ? {} : { kind: share }),
      ...(details === undefined ? {} : { details: [details].flat() }),
    };
    return context.json(await team.preview(limit, over), 200);
  });

  app.openapi(pushRoute, async (context) => context.json(await team.push(), 200));

  app.openapi(leaveRoute, async (context) =>
    context.json(await orProblem(team.leave(context.req.valid("query").erase === "true")), 200),
  );

  return app;
}

/** What the team's database refuses is no mistake of whoever asks the daemon. */
export async function orProblem<Result>(work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof TeamFailure) throw new Problem(502, error.message);
    throw error;
  }
}
