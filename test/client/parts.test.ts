import { expect, test } from "vitest";
import { parseDiscovery } from "../../daemon/client/discovery.ts";
import { createEventStreamReader, type ServerSentEvent } from "../../daemon/client/eventStream.ts";
import { compareVersions } from "../../daemon/client/version.ts";

test("versions are compared by their precedence", () => {
  // The list of semver.org, 2.0.0, §11, and around it.
  const rising = [
    "nonsense",
    "0.9.10",
    "0.10.0",
    "1.0.0-alpha",
    "1.0.0-alpha.1",
    "1.0.0-alpha.beta",
    "1.0.0-beta",
    "1.0.0-beta.2",
    "1.0.0-beta.11",
    "1.0.0-rc.1",
    "1.0.0",
    "1.0.1",
    "2.0.0",
  ];
  for (const [place, older] of rising.entries()) {
    expect(compareVersions(older, older)).toBe(0);
    for (const newer of rising.slice(place + 1)) {
      expect(compareVersions(older, newer), `${older} < ${newer}`).toBeLessThan(0);
      expect(compareVersions(newer, older), `${newer} > ${older}`).toBeGreaterThan(0);
    }
  }
  expect(compareVersions("1.0.0+build1", "v1.0.0+build2")).toBe(0);
});

test("events are read whole however they are cut into pieces", () => {
  const text =
    ': hello\n\nevent: spend\ndata: {"a":1}\n\nevent: call\r\ndata: one\r\ndata: two\r\n\r\ndata: plain\n\ndata: never';
  for (const size of [1, 2, 3, 7, 1_000]) {
    const events: ServerSentEvent[] = [];
    const feed = createEventStreamReader((event) => events.push(event));
    for (let start = 0; start < text.length; start += size) feed(text.slice(start, start + size));
    expect(events).toEqual([
      { event: "spend", data: '{"a":1}' },
      { event: "call", data: "one\ntwo" },
      { event: "message", data: "plain" },
    ]);
  }
});

test("what is no discovery is none", () => {
  const good = { pid: 1, port: 4000, token: "t", version: "1.0.0", protocol: 1, nonce: "n" };
  expect(parseDiscovery(JSON.stringify(good))).toEqual(good);
  expect(parseDiscovery(JSON.stringify(good).slice(0, 20))).toBe(null);
  expect(parseDiscovery("null")).toBe(null);
  for (const wrong of [{ port: 0 }, { port: 70_000 }, { port: "4000" }, { token: "" }, { nonce: 3 }]) {
    expect(parseDiscovery(JSON.stringify({ ...good, ...wrong }))).toBe(null);
  }
});
