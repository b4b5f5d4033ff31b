const { join } = require("node:path");
const { finish, JOBS, TYPES } = require("./work.cjs");

/** Every other job runs in a process of its own, the others in threads. */
module.exports = async ({ Queue, QueueEvents, Worker }) => {
  const { hostname: host, port } = new URL(process.env.REDIS_URL);
  const connection = { host, port: Number(port), maxRetriesPerRequest: null };
  const processor = join(__dirname, "processor.cjs");
  for (const useWorkerThreads of [false, true]) {
    const name = useWorkerThreads ? "threads" : "processes";
    const queue = new Queue(name, { connection });
    const events = new QueueEvents(name, { connection });
    await events.waitUntilReady();
    const half = Array.from({ length: JOBS / 2 }, (_, nth) => 2 * nth + Number(useWorkerThreads));
    const jobs = await queue.addBulk(
      half.map((index) => ({ name: `SEND_${index % TYPES}`, data: { index } })),
    );
    const worker = new Worker(name, processor, { connection, concurrency: 3, useWorkerThreads });
    await Promise.all(jobs.map((job) => job.waitUntilFinished(events)));
    await worker.close();
    await events.close();
    await queue.obliterate();
    await queue.close();
  }
  finish();
};
