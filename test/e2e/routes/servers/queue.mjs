/** A queue whose only worker was started before anybody asked: what it does, it does for no request that can be known. */
import { EventEmitter, once } from "node:events";
import { createServer } from "node:http";
import { answer, listening } from "./answer.mjs";

const waiting = [];
const bell = new EventEmitter();
void (async () => {
  for (;;) {
    if (waiting.length === 0) await once(bell, "ring");
    for (const { n, done } of waiting.splice(0)) void answer(n).then(done);
  }
})();

const server = createServer((request, response) => {
  const n = Number(new URL(request.url, "http://localhost").searchParams.get("n"));
  waiting.push({ n, done: () => response.end("{}") });
  setImmediate(() => bell.emit("ring"));
});
server.listen(0, () => listening(server));
