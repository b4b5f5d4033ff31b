const { work, finish, JOBS, TYPES } = require("./work.cjs");

/** All of them are due in the same second. The named exports of an ES module have no function's name, so they are given one. */
module.exports = async ({ default: cron, schedule }) => {
  await Promise.all(
    Array.from({ length: JOBS }, (_, index) => {
      const name = `SEND_${index % TYPES}`;
      return new Promise((resolve) => {
        const run = () => {
          task.stop();
          return work(`${name}#${index}`).then(resolve);
        };
        const task =
          index % 2 === 0
            ? schedule("* * * * * *", run, { name })
            : cron.schedule("* * * * * *", Object.defineProperty(run, "name", { value: name }));
      });
    }),
  );
  finish();
};
