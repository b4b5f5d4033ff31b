/** What every handler does: AI calls after an await, after the answer, and in a stream that outlives the answer. */
import { setTimeout as delay } from "node:timers/promises";
import { throughPool } from "./pools.mjs";

const { POOL } = process.env;
export const answer = POOL === undefined ? answerByOneself : throughPool(POOL, ask);

async function answerByOneself(n, later = (step) => setTimeout(step, 20 + (n % 20))) {
  await delay((n * 7) % 30);
  await ask(`${n}.await`);
  // Each way in each of the routes, of which there are some few.
  if (n % 7 < 4) later(() => ask(`${n}.later`));
  else void ask(`${n}.stream`, true);
  return { n };
}

/** The model's name tells which request a report is of, for nothing else of it reaches a report. */
async function ask(model, stream = false) {
  const response = await asked(model, stream).catch(() => asked(model, stream));
  for await (const _part of response.body) await delay(1);
}

/** On a busy machine a connection that is kept is closed just when it is used again. */
function asked(model, stream) {
  return fetch(`${process.env.OPENAI_BASE_URL}/chat/completions`, {
    method: "POST",
    headers: { authorization: "Bearer stand-in", "content-type": "application/json" },
    body: JSON.stringify({ model, stream, messages: [{ role: "user", content: "How much is the fish?" }] }),
  });
}

/** Says where it listens, to whoever started it. */
export function listening(server) {
  const { port } = server.address();
  console.log(`listening on ${port}`);
}
