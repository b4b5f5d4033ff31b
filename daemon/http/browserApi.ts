import { OpenAPIHono, z } from "@hono/zod-openapi";
import { Hono } from "hono";
import { invitationSchema } from "./daemonSchemas.ts";
import { dashboardFileNames } from "./dashboardFiles.ts";
import { dashboardPage, dashboardPolicy, noSessionPage } from "./dashboardPage.ts";
import { Problem, refuseInput } from "./problem.ts";
import { json, jsonBody, route } from "./routes.ts";
import type { ApiSurroundings } from "./surroundings.ts";

const inviteRoute = route(
  "/v1/browser-invitations",
  {
    method: "post",
    operationId: "inviteBrowser",
    summary: "A one-time address of the dashboard",
    request: { body: jsonBody(z.object({})) },
  },
  { 200: json(invitationSchema, "Good for one use within five minutes.") },
);

export function invitationsApi({ sessions, port }: ApiSurroundings) {
  const app = new OpenAPIHono({ defaultHook: refuseInput });
  app.openapi(inviteRoute, (context) => {
    const { code, expiresAtMs } = sessions.invite();
    const url = `http://127.0.0.1:${port()}/?code=${code}`;
    return context.json({ url, expiresAt: new Date(expiresAtMs).toISOString() }, 200);
  });
  return app;
}

/** The dashboard for browsers: outside `/v1`, under the session's cookie alone. */
export function dashboardPages({ sessions, dashboard, touch }: ApiSurroundings) {
  const app = new Hono();

  const versionOf = async (name: string) => (await dashboard.read(name).catch(() => null))?.version;

  app.get("/", async (context) => {
    context.header("content-security-policy", dashboardPolicy);
    const code = context.req.query("code");
    if (code !== undefined && sessions.enter(context, code)) {
      touch();
      // The code is used up; nor should it stay in the address bar.
      return context.redirect("/", 303);
    }
    if (!sessions.isIn(context)) return context.html(noSessionPage, 401);
    if (code !== undefined) return context.redirect("/", 303);
    touch();
    const script = await versionOf("dashboard.js");
    const style = await versionOf("dashboard.css");
    return context.html(
      dashboardPage({ script: `/dashboard.js?v=${script}`, style: `/dashboard.css?v=${style}` }),
    );
  });

  for (const name of dashboardFileNames) {
    app.get(`/${name}`, async (context) => {
      if (!sessions.isIn(context)) throw new Problem(401, "Run `taximeter dashboard` for a session.");
      const file = await dashboard.read(name).catch(() => null);
      if (file === null) throw new Problem(404, "This file is missing from the installation.");
      // Under its version a file is for ever what it is: the browser keeps it, and what it made of the script.
      const isKept = context.req.query("v") === file.version;
      if (isKept) context.header("cache-control", "private, max-age=31536000, immutable");
      return context.body(file.content, 200, { "content-type": file.type });
    });
  }

  return app;
}
