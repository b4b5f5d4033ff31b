/** Handlers that call several times in one go, before they answer or long after it, each from places of its own. */
import { setTimeout as delay } from "node:timers/promises";
import express from "express";
import { ask } from "./ask.mjs";

const app = express();
app.use(express.json());
app.get("/api/chat/:chatId", async ({ query: { n } }, response) => {
  await delay((n * 7) % 30);
  await Promise.all(["a", "b", "c", "d", "e"].map((part) => ask(`${n}.await.${part}`)));
  response.json({ n });
});
app.post("/api/teams/:team/ask", async ({ body: { n } }, response) => {
  await ask(`${n}.await.plan`);
  const parts = await Promise.allSettled(["a", "b", "c"].map((part) => ask(`${n}.await.${part}`)));
  await ask(`${n}.await.${parts.length}`);
  await delay(5);
  response.json({ n });
});
app.post("/api/agents/:agent", async ({ body: { n } }, response) => {
  response.status(202).json({ n });
  await ask(`${n}.pooled.plan`);
  const parts = await Promise.all(["a", "b", "c"].map((part) => ask(`${n}.pooled.${part}`)));
  await ask(`${n}.pooled.${parts.length}`);
});
const server = app.listen(0, () => console.log(`listening on ${server.address().port}`));
