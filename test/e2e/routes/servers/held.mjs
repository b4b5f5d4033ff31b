/** Prints how many of its requests cannot be collected, though each of them left a timer that never ends. */

import { Agent, createServer, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

let held = 0;
const collected = new FinalizationRegistry(() => {
  held -= 1;
});

/** Apart from the handler, so that it is the timer's asynchronous context alone that could hold on to the request. */
function startTimer() {
  setTimeout(() => {}, 3_600_000).unref();
}

const server = createServer((incoming, response) => {
  held += 1;
  collected.register(incoming);
  startTimer();
  incoming.resume().on("end", () => response.end("{}"));
});
await new Promise((resolve) => server.listen(0, resolve));
const { port } = server.address();
const agent = new Agent({ keepAlive: true, maxSockets: 5 });
const asked = (path) =>
  new Promise((resolve) => {
    const asking = request({ agent, port, path, method: "POST" });
    asking.on("response", (response) => response.resume().on("end", resolve)).end("{}");
  });
await Promise.all(Array.from({ length: 200 }, (_, n) => asked(`/api/chat/${n}`)));
agent.destroy();
server.close();
for (let round = 0; round < 20 && held > 0; round += 1) {
  await sleep(50);
  globalThis.gc();
}
console.log(`${held} held`);
