const { createServer } = require("node:http");
const { call, finish } = require("./work.cjs");
const { withAction, withAttributes, withJob, withSource } = require(process.env.TAXIMETER_API);

/** A route runs a job while it is being served, and the job says of its parts what they are. */
module.exports = async ({ Cron }) => {
  const digest = new Cron("0 0 1 1 *", { name: "SEND_DIGEST", paused: true }, async () => {
    await call("background_job:SEND_DIGEST#in the job");
    await withSource("nightly", () => call("nightly#explicit in the job"));
    await withJob("SEND_ONE", () => call("background_job:SEND_ONE#a job in the job"));
    await withAction("send", () => call("background_job:SEND_DIGEST#an action in the job"));
  });
  const server = createServer(async (_, response) => {
    await withAttributes({ feature: "the route's" }, async () => {
      await call("/digest/:id#before");
      await digest.trigger();
      await call("/digest/:id#after");
    });
    response.end();
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  await (await fetch(`http://127.0.0.1:${server.address().port}/digest/42?fnId=not-inngest`)).text();
  await call("script:main.cjs#outside of it all");
  digest.stop();
  server.closeAllConnections();
  server.close();
  finish();
};
