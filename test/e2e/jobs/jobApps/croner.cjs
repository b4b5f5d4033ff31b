const { work, finish, JOBS, TYPES } = require("./work.cjs");

/** All of them are due in the same second. */
module.exports = async ({ Cron }) => {
  await Promise.all(
    Array.from({ length: JOBS }, (_, index) => {
      const name = `SEND_${index % TYPES}`;
      return new Promise((resolve) => {
        new Cron(
          "* * * * * *",
          { name: undefined, maxRuns: 1 },
          named(name, () => work(`${name}#${index}`).then(resolve)),
        );
      });
    }),
  );
  finish();
};

const named = (name, run) => Object.defineProperty(run, "name", { value: name });
