import Router from "@koa/router";
import Koa from "koa";
import { answer, listening } from "./answer.mjs";

const app = new Koa();
app.use(async (context, next) => {
  let text = "";
  for await (const part of context.req) text += part;
  context.n = Number(text === "" ? context.query.n : JSON.parse(text).n);
  await next();
});
const reply = async (context) => {
  context.body = await answer(context.n);
};
const router = new Router();
router.get("/api/chat/:chatId", reply);
router.get("/api/summary", reply);
const teams = new Router({ prefix: "/api/teams/:team" });
teams.post("/ask", reply);
const agents = new Router();
agents.post("/:agent", reply);
router.use("/api/agents", agents.routes());
app.use(router.routes()).use(teams.routes());
const server = app.listen(0, () => listening(server));
