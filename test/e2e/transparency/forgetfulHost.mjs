/**
 * Makes calls by a client of its own each (`forgetfulHost.mjs <url> <way>`), lets go of everything, and prints how much of
 * it is still there when the collector has been by.
 */
import { Agent, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

const [url, way] = process.argv.slice(2);
const held = {};
const hold = (name, object) => {
  held[name] ??= [];
  held[name].push(new WeakRef(object));
};
const call = { method: "POST", body: "{}", headers: { "content-type": "application/json" } };

const ways = {
  async fetch() {
    const abort = new AbortController();
    const response = await fetch(url, { ...call, signal: abort.signal });
    hold("response", response);
    hold("abort", abort);
    await response.text();
  },
  async "node:http"() {
    const agent = new Agent();
    const outgoing = request(url, { ...call, agent });
    hold("agent", agent);
    hold("request", outgoing);
    outgoing.end(call.body);
    await new Promise((resolve) => {
      outgoing.on("response", (response) => {
        hold("response", response);
        response.resume().on("end", resolve);
      });
    });
  },
  async undici(undici) {
    const client = new undici.Client(new URL(url).origin);
    hold("client", client);
    const { body } = await client.request({ ...call, path: new URL(url).pathname });
    hold("body", body);
    await body.text();
    await client.close();
  },
};

const undici = way in ways ? undefined : await import(way);
for (let made = 0; made < 8; made += 1) await (ways[way] ?? ways.undici)(undici);
const left = () =>
  Object.entries(held).map(([name, all]) => `${name} ${all.filter((each) => each.deref()).length}`);
for (let round = 0; round < 20 && left().some((each) => !each.endsWith(" 0")); round += 1) {
  await sleep(100);
  globalThis.gc();
}
console.log(left().join(", "));
