import { OpenAPIHono } from "@hono/zod-openapi";
import { bodyLimit } from "hono/body-limit";
import { backupsApi } from "./backupsApi.ts";
import { breakersApi } from "./breakersApi.ts";
import { dashboardPages, invitationsApi } from "./browserApi.ts";
import { budgetsApi } from "./budgetsApi.ts";
import { callDetailApi } from "./callDetailApi.ts";
import { callsApi } from "./callsApi.ts";
import { conversationsApi } from "./conversationsApi.ts";
import { daemonApi, healthApi } from "./daemonApi.ts";
import { guardContentType, guardHost, guardOrigin, guardToken, protectAnswers } from "./guards.ts";
import { liveApi } from "./liveApi.ts";
import { performanceApi } from "./performanceApi.ts";
import { pricesApi } from "./pricesApi.ts";
import { answerProblem, Problem } from "./problem.ts";
import { spendApi } from "./spendApi.ts";
import type { ApiSurroundings } from "./surroundings.ts";
import { teamApi } from "./teamApi.ts";
import { teamViewApi } from "./teamViewApi.ts";
import { tracesApi } from "./tracesApi.ts";

const MAX_SMALL_BODY_BYTES = 64 * 1024;

/** The whole HTTP surface. Guards come first: what they refuse never reaches a handler. */
export function createApp(surroundings: ApiSurroundings) {
  const { identity, port, sessions, touch, log } = surroundings;
  const app = new OpenAPIHono();
  const guards = { port, token: identity.token, sessions };

  app.onError((error, context) => answerProblem(error, context, log));
  app.use(protectAnswers(), guardHost(guards), guardOrigin());

  app.route("/", healthApi(surroundings));
  app.route("/", dashboardPages(surroundings));

  const underToken = guardToken(guards);
  for (const path of ["/v1/*", "/openapi.json"]) app.use(path, underToken);
  app.use("/v1/*", async (_context, next) => {
    touch();
    await next();
  });
  app.use("/v1/*", guardContentType());
  const smallBody = bodyLimit({
    maxSize: MAX_SMALL_BODY_BYTES,
    onError: () => {
      throw new Problem(413, "The body is too long.");
    },
  });
  // Reports and spans have their own limit, and their own reader.
  app.use("/v1/*", (context, next) =>
    ["/v1/calls", "/v1/traces"].includes(context.req.path) ? next() : smallBody(context, next),
  );

  app.route("/", callsApi(surroundings));
  app.route("/", callDetailApi(surroundings));
  app.route("/", tracesApi(surroundings));
  app.route("/", spendApi(surroundings));
  app.route("/", performanceApi(surroundings));
  app.route("/", conversationsApi(surroundings));
  app.route("/", budgetsApi(surroundings));
  app.route("/", breakersApi(surroundings));
  app.route("/", pricesApi(surroundings));
  app.route("/", teamApi(surroundings));
  app.route("/", teamViewApi(surroundings));
  app.route("/", backupsApi(surroundings));
  app.route("/", daemonApi(surroundings));
  app.route("/", liveApi(surroundings));
  app.route("/", invitationsApi(surroundings));

  app.openAPIRegistry.registerComponent("securitySchemes", "token", {
    type: "http",
    scheme: "bearer",
    description: "`token` of daemon.json",
  });
  app.doc31("/openapi.json", {
    openapi: "3.1.0",
    info: {
      title: "Taximeter",
      version: identity.version,
      description: "The daemon's API on loopback: report AI calls, read what they cost.",
    },
  });

  app.notFound((context) => {
    const methods = methodsOf(app, context.req.path);
    if (methods.length === 0 || methods.includes(context.req.method)) {
      return context.json({ error: "There is nothing here." }, 404);
    }
    context.header("allow", methods.join(", "));
    return context.json({ error: `This takes ${methods.join(" or ")}, not ${context.req.method}.` }, 405);
  });
  return app;
}

/** Methods that a path is served by; its guards, which serve all, aside. */
function methodsOf(app: OpenAPIHono, path: string): string[] {
  const methods = app.routes
    .filter((known) => known.method !== "ALL" && matches(known.path, path))
    .map(({ method }) => method);
  return [...new Set(methods)];
}

function matches(pattern: string, path: string): boolean {
  const wanted = pattern.split("/");
  const given = path.split("/");
  return (
    wanted.length === given.length &&
    wanted.every((part, place) => part.startsWith(":") || part === given[place])
  );
}
