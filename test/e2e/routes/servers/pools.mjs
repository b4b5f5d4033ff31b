/**
 * Pools that the first request starts and all others use: whatever runs in them inherits that request's asynchronous
 * context, for life. By name: who takes a number, and resolves when its answer is there, or at once where nobody waits.
 */
import { EventEmitter, once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";

/** Started once, by whoever comes first, in as many loops. */
function loops(count, waits, work) {
  const waiting = [];
  const bell = new EventEmitter().setMaxListeners(0);
  let started = false;
  const loop = async () => {
    for (;;) {
      const job = waiting.shift();
      if (job === undefined) await once(bell, "ring");
      else job.done(await work(job.n));
    }
  };
  return (n) => {
    const result = new Promise((resolve) => waiting.push({ n, done: resolve }));
    if (!started) for (let index = 0; index < count; index += 1) void loop();
    started = true;
    bell.emit("ring");
    return waits ? result : undefined;
  };
}

/** Started by whoever comes while nothing is to be done, and over when all is done. */
function drained(work) {
  const waiting = [];
  let running = false;
  const drain = async () => {
    running = true;
    for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) job.done(await work(job.n));
    running = false;
  };
  return (n) =>
    new Promise((resolve) => {
      waiting.push({ n, done: resolve });
      if (!running) void drain();
    });
}

/** A table that is looked at again and again. */
function polled(work) {
  const waiting = [];
  let isStarted = false;
  return (n) => {
    waiting.push(n);
    if (isStarted) return;
    isStarted = true;
    setInterval(() => {
      for (const n of waiting.splice(0, 5)) void work(n);
    }, 3);
  };
}

/** Callbacks, called by whoever has a place free: the job itself is a function of the request's. */
function callbacks(count, work) {
  const waiting = [];
  let running = 0;
  const next = () => {
    if (running === count) return;
    const job = waiting.shift();
    if (job === undefined) return;
    running += 1;
    job(() => {
      running -= 1;
      next();
    });
  };
  return (n) =>
    new Promise((resolve) => {
      waiting.push((done) => {
        work(n).then(() => {
          resolve();
          done();
        });
      });
      next();
    });
}

/** An emitter whose listener the first request adds: it is run by whoever tells it. */
function listened(work) {
  const bus = new EventEmitter();
  return (n) => {
    if (bus.listenerCount("job") === 0) bus.on("job", async (job) => job.done(await work(job.n)));
    return new Promise((done) => bus.emit("job", { n, done }));
  };
}

export const pools = (work) => ({
  "a loop": loops(1, true, work),
  "five loops": loops(5, true, work),
  "a loop that nobody waits for": loops(1, false, work),
  "a queue that is drained": drained(work),
  "a table that is polled": polled(work),
  "a queue of callbacks": callbacks(4, work),
  "a listener": listened(work),
});

/** What a handler does: a call of its own, one by the pool, and for every other something more before it answers. */
export function throughPool(name, ask) {
  const pool = pools((n) => ask(`${n}.pooled`))[name];
  const answersAtOnce = name.endsWith("callbacks");
  return async (n) => {
    await delay((n * 7) % 30);
    if (n % 5 === 0) await ask(`${n}.await`);
    await pool(n);
    if (n % 2 === 0 && !answersAtOnce) await delay(3);
    return { n };
  };
}
