const { createServer } = require("node:http");
const { work, finish, JOBS, TYPES } = require("./work.cjs");

/** Calls the app as Inngest's dev server does, and an ordinary route of it in between. */
module.exports = async ({ Inngest }, { serve }) => {
  const inngest = new Inngest({ id: "app", isDev: true });
  const functions = Array.from({ length: TYPES }, (_, type) =>
    inngest.createFunction({ id: `SEND_${type}`, triggers: [{ event: `mail/${type}` }] }, ({ event }) =>
      work(`app-SEND_${type}#${event.data.index}`),
    ),
  );
  const inngestHandler = serve({ client: inngest, functions });
  const server = createServer((request, response) => {
    if (request.url.startsWith("/api/inngest")) inngestHandler(request, response);
    else work(request.url.replace("/route/", "/route#")).then(() => response.end());
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${server.address().port}`;
  const ask = async (index) => {
    const event = { name: `mail/${index % TYPES}`, data: { index }, id: `${index}`, ts: 1 };
    const ctx = {
      run_id: `run-${index}`,
      attempt: 0,
      disable_immediate_execution: false,
      use_api: false,
      stack: { stack: [], current: 0 },
    };
    const url = `${origin}/api/inngest?fnId=app-SEND_${index % TYPES}&stepId=step`;
    const body = JSON.stringify({ version: 1, event, events: [event], steps: {}, ctx });
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
    });
    const answer = await response.text();
    if (!response.ok) throw new Error(`${response.status}: ${answer}`);
  };
  const visit = async (index) => (await fetch(`${origin}/route/${index}`)).text();
  await Promise.all(Array.from({ length: JOBS }, (_, index) => Promise.all([ask(index), visit(index)])));
  server.closeAllConnections();
  server.close();
  finish();
};
