/** Routes whose handlers leave their AI calls to one queue, each in a function of its own, and then do something more. */
import { setTimeout as delay } from "node:timers/promises";
import express from "express";
import { ask } from "./ask.mjs";
import { queues } from "./queues.mjs";

const inTurn = await queues[process.env.QUEUE]();

/** As an app saves its answer, or does not. */
const save = (n) => (n % 3 === 0 ? undefined : delay(2 + (n % 10)));

const app = express();
app.use(express.json());
app.get("/api/chat/:chatId", async ({ query }, response) => {
  const n = Number(query.n);
  await delay((n * 7) % 30);
  if (n % 5 === 0) await ask(`${n}.await`);
  await inTurn(() => ask(`${n}.pooled`));
  await save(n);
  response.json({ n });
});
app.post("/api/teams/:team/ask", async ({ body: { n } }, response) => {
  await delay((n * 7) % 30);
  await inTurn(async () => {
    await delay(1);
    await ask(`${n}.pooled`);
  });
  await save(n);
  response.json({ n });
});
app.get("/api/summary", async ({ query }, response) => {
  const n = Number(query.n);
  await Promise.all([inTurn(() => ask(`${n}.pooled`)), delay(30)]);
  await save(n);
  response.json({ n });
});
app.post("/api/agents/:agent", async ({ body: { n } }, response) => {
  for (let turn = 0; turn < 3; turn += 1) await inTurn(() => ask(`${n}.pooled`));
  await Promise.all([1, 2, 3].map(() => inTurn(() => ask(`${n}.pooled`))));
  await save(n);
  response.json({ n });
});
const server = app.listen(0, () => console.log(`listening on ${server.address().port}`));
