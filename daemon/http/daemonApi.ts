import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import { PROTOCOL, proveIdentity, SERVICE_NAME } from "../../shared/protocol.ts";
import { healthSchema, statusSchema } from "./daemonSchemas.ts";
import { refuseInput } from "./problem.ts";
import { json, jsonBody, route } from "./routes.ts";
import type { ApiSurroundings } from "./surroundings.ts";

const healthRoute = createRoute({
  method: "get",
  path: "/v1/health",
  operationId: "health",
  summary: "Who listens here",
  description: "Without a token: name, protocol, and proof of knowing the token in daemon.json.",
  security: [],
  request: { query: z.object({ challenge: z.string().max(200, "is too long").optional() }) },
  responses: { 200: json(healthSchema, "`proof` answers the challenge; null without one.") },
});

const statusRoute = route(
  "/v1/status",
  { method: "get", operationId: "status", summary: "The daemon's own state" },
  { 200: json(statusSchema, "As it is now.") },
);

const recordingSchema = z.object({ recording: z.boolean("must be true or false") });
const recordingRoute = route(
  "/v1/recording",
  {
    method: "put",
    operationId: "setRecording",
    summary: "Pause or resume the intake of calls",
    description: "While paused, reports are acknowledged as ignored and are not kept.",
    request: { body: jsonBody(recordingSchema) },
  },
  { 200: json(recordingSchema, "As it is now, and stays after a restart.") },
);

const shutdownRoute = route(
  "/v1/shutdown",
  {
    method: "post",
    operationId: "shutdown",
    summary: "Ask the daemon to drain and leave",
    request: { body: jsonBody(z.object({ reason: z.string().max(500, "is too long") })) },
  },
  { 200: json(z.object({ stopping: z.literal(true) }), "It is leaving.") },
);

export function healthApi({ identity }: ApiSurroundings) {
  const app = new OpenAPIHono({ defaultHook: refuseInput });
  app.openapi(healthRoute, async (context) => {
    const { challenge } = context.req.valid("query");
    const proof = challenge === undefined ? null : await proveIdentity(identity, challenge);
    return context.json({ name: SERVICE_NAME, protocol: PROTOCOL, proof }, 200);
  });
  return app;
}

export function daemonApi({ status, setRecording, shutdown }: ApiSurroundings) {
  const app = new OpenAPIHono({ defaultHook: refuseInput });

  app.openapi(statusRoute, async (context) => context.json(await status(), 200));

  app.openapi(recordingRoute, async (context) => {
    const { recording } = context.req.valid("json");
    await setRecording(recording);
    return context.json({ recording }, 200);
  });

  app.openapi(shutdownRoute, (context) => {
    shutdown(context.req.valid("json").reason);
    return context.json({ stopping: true as const }, 200);
  });

  return app;
}
