import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { answer, listening } from "./answer.mjs";

const app = new Hono();
app.use("*", async (_context, next) => {
  await next();
});
const asked = async (context) => context.json(await answer(Number(context.req.query("n"))));
const told = async (context) => context.json(await answer((await context.req.json()).n));
app.get("/api/chat/:chatId", asked);
app.get("/api/summary", asked);
app.route("/api/teams/:team", new Hono().post("/ask", told));
app.route("/api/agents", new Hono().post("/:agent", told));
const server = serve({ fetch: app.fetch, port: 0 }, () => listening(server));
