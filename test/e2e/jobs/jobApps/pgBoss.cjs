const { work, finish, JOBS, TYPES } = require("./work.cjs");

/** A job goes by its queue. */
module.exports = async ({ PgBoss }) => {
  const boss = new PgBoss({ connectionString: process.env.POSTGRES_URL, schema: `boss${process.pid}` });
  boss.on("error", (error) => console.error(error));
  await boss.start();
  let left = JOBS;
  await new Promise((resolve) => {
    const start = async () => {
      for (let type = 0; type < TYPES; type += 1) {
        const queue = `SEND_${type}`;
        await boss.createQueue(queue);
        const jobs = Array.from({ length: JOBS / TYPES }, (_, nth) => ({
          data: { index: nth * TYPES + type },
        }));
        await boss.insert(queue, jobs);
      }
      for (let type = 0; type < TYPES; type += 1) {
        const queue = `SEND_${type}`;
        await boss.work(queue, { batchSize: JOBS / TYPES, pollingIntervalSeconds: 0.5 }, async (jobs) => {
          await Promise.all(jobs.map(({ data }) => work(`${queue}#${data.index}`)));
          left -= jobs.length;
          if (left === 0) resolve();
        });
      }
    };
    start().catch((error) => {
      console.error(error);
      process.exit(1);
    });
  });
  await boss.stop();
  finish();
};
