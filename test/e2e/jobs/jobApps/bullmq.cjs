const { work, finish, JOBS, TYPES } = require("./work.cjs");

module.exports = async ({ Queue, Worker }) => {
  const { hostname: host, port } = new URL(process.env.REDIS_URL);
  const connection = { host, port: Number(port), maxRetriesPerRequest: null };
  const queue = new Queue("mail", { connection });
  const jobs = Array.from({ length: JOBS }, (_, index) => ({
    name: `SEND_${index % TYPES}`,
    data: { index },
  }));
  await queue.addBulk(jobs);
  let left = JOBS;
  await new Promise((resolve) => {
    const run = async ({ name, data }) => {
      await work(`${name}#${data.index}`);
      left -= 1;
      if (left > 0) return;
      setImmediate(async () => {
        await worker.close();
        resolve();
      });
    };
    const worker = new Worker("mail", run, { connection, concurrency: JOBS });
  });
  await queue.obliterate();
  await queue.close();
  finish();
};
