const { setTimeout: delay } = require("node:timers/promises");

/** Its `model` says whose call it is, and is found again in the report. */
async function call(model) {
  const response = await fetch(`${process.env.PROVIDER_URL}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model, messages: [{ role: "user", content: "How much is the fish?" }] }),
  });
  await response.json();
}

/** What a library does that keeps no context: whoever comes to its list is served from a timer of its own. */
const lost = [];
const drain = setInterval(() => {
  for (const step of lost.splice(0)) step();
}, 3);

const pause = () => delay(1 + Math.random() * 10);

/** The work of a job: calls after an await, from a timer, and one that loses its context. */
async function work(owner) {
  await pause();
  await call(`${owner}#awaited`);
  await new Promise((resolve, reject) => {
    setTimeout(() => call(`${owner}#timed`).then(resolve, reject), 5);
  });
  await new Promise((resolve, reject) => {
    lost.push(() => call(`${owner}#lost`).then(resolve, reject));
  });
}

module.exports = {
  call,
  work,
  pause,
  finish: () => clearInterval(drain),
  JOBS: Number(process.env.JOBS),
  TYPES: 20,
};
