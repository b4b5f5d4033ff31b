import { EventEmitter } from "node:events";
import { describe, expect, it, vi } from "vitest";
import { createAttribution, type ProcessSources, sourceOf } from "../../shim/context/attribution.ts";
import { type Inbound, release } from "../../shim/context/routes/inbound.ts";
import { seededRandom } from "../seededRandom.ts";

const { routeOf, routeOfPattern } = await freshRoutes();
const noEmitters = { request: null, response: null };
const none: ProcessSources = { declared: null, script: () => null };

/** The routes that a process has met are remembered: a copy of its own for those who fill it. */
async function freshRoutes() {
  vi.resetModules();
  return import("../../shim/context/route.ts");
}

describe("routes of paths", () => {
  it.each([
    ["/api/chat", "/api/chat"],
    ["/api/chat/?q=1#x", "/api/chat"],
    ["/", "/"],
    ["", "/"],
    ["*", "/*"],
    ["http://localhost:3000/a/1?b", "/a/:id"],
    ["/users/123/orders/456", "/users/:id/orders/:id"],
    ["/c/0190f5fe-7c00-7a00-8000-0123456789ab", "/c/:id"],
    ["/o/507f1f77bcf86cd799439011", "/o/:id"],
    ["/t/thread_abc123XYZ456789", "/t/:id"],
    ["/n/V1StGXR8_Z5jdHi6B-myT", "/n/:id"],
    ["/api/v1/summarise", "/api/v1/summarise"],
    ["/blog/how-to-count-tokens-in-2026-properly", "/blog/how-to-count-tokens-in-2026-properly"],
    ["/internationalization", "/internationalization"],
    // The same page, by the paths that its framework asks for its data.
    ["/chat/42.data?_routes=root", "/chat/:id"],
    ["/_root.data", "/"],
    ["/chat/42/__data.json", "/chat/:id"],
    ["/chat/42/_payload.json?hash", "/chat/:id"],
  ])("%s → %s", (url, route) => {
    expect(routeOf(url)).toBe(route);
  });

  it.each([
    ["//api///chat//", "/api/chat"],
    ["/caf%C3%A9/%E2%82%AC", "/café/€"],
    ["/half/%C3", "/half/%C3"],
    ["/%2e%2e/%2Fetc%2fpasswd", "/../%2Fetc%2Fpasswd"],
    ["/a%00b%0D%0Ac/\u0007d", "/abc/d"],
    ["/turned/%E2%80%AEtxt.exe", "/turned/txt.exe"],
    ["/lone/\ud800x", "/lone/x"],
    [`/long/${"ä".repeat(10_000)}`, "/long/:id"],
    [`/deep${"/x".repeat(5_000)}`, "/deep/x/x/x/x/x/x/x/x/x/*"],
    [`/wide/${Array(9).fill("wide-and-wider-and-widest").join("/")}`, /^\/wide\/wide.*\/\*$/],
  ])("are clean and short, %#", (url, route) => {
    if (typeof route === "string") expect(routeOf(url)).toBe(route);
    else expect(routeOf(url)).toMatch(route);
    expect(routeOf(url).length).toBeLessThanOrEqual(200);
  });

  it("of a thousand ids are one", () => {
    const routes = Array.from({ length: 1_000 }, (_, n) => routeOf(`/orders/${n * 7919}/ask`));
    expect(new Set(routes)).toEqual(new Set(["/orders/:id/ask"]));
  });

  it("of a thousand names are few, and what was known before stays known", async () => {
    const fresh = await freshRoutes();
    expect(fresh.routeOf("/people/ada/ask")).toBe("/people/ada/ask");
    const routes = Array.from({ length: 1_000 }, (_, n) => fresh.routeOf(`/people/name-${n}/ask`));
    expect(new Set(routes).size).toBe(50);
    expect(routes.at(-1)).toBe("/people/*/ask");
    expect(fresh.routeOf("/people/ada/ask")).toBe("/people/ada/ask");
    expect(fresh.routeOf("/places/here")).toBe("/places/here");
  });

  it("of whatever is asked for are bounded, and neither slow nor unreadable", async () => {
    const fresh = await freshRoutes();
    const random = seededRandom(11);
    const below = (end: number) => Math.floor(random() * end);
    const parts = [
      "/",
      "//",
      "%",
      "%2",
      "%00",
      "%F0%9F%92",
      "..",
      "\u202e",
      "\ud83d",
      "é",
      "*",
      ":id",
      "a",
      "?",
    ];
    const routes = new Set<string>();
    for (let times = 0; times < 20_000; times += 1) {
      let path = "/";
      for (let length = below(30); length > 0; length -= 1) {
        path += random() < 0.5 ? (parts[below(parts.length)] ?? "") : below(1e9).toString(36);
      }
      routes.add(fresh.routeOf(path));
    }
    expect(routes.size).toBeGreaterThan(100);
    expect(routes.size).toBeLessThan(3_000);
    for (const route of routes) {
      expect(route).toMatch(/^\/[^\p{C}]*$/u);
      expect(route.length).toBeLessThanOrEqual(200);
    }
  });
});

describe("routes of patterns", () => {
  it.each([
    ["/api/chat/:id", "/api/chat/:id"],
    ["api/chat/", "/api/chat"],
    ["/api/chat/[id]", "/api/chat/[id]"],
    ["//api//x", "/api/x"],
    ["/docs/*path", "/docs/*path"],
    ["/", "/"],
    // These leave it to others to tell their requests apart.
    ["*", null],
    ["/*", null],
    ["/{*splat}", null],
    ["(.*)", null],
    ["/api/trpc/[trpc]", null],
    ["", null],
    [/^\/x/, null],
    [["/a", "/b"], null],
    [undefined, null],
  ])("%s → %s", (pattern, route) => {
    expect(routeOfPattern(pattern)).toBe(route);
  });

  it("are cut", () => {
    expect(routeOfPattern(`/${"x".repeat(500)}`)).toHaveLength(199);
  });
});

describe("a request that is served", () => {
  const asked = (patternOf: Inbound["patternOf"]): Inbound => ({
    url: "/api/chat/fish?key=secret",
    method: "GET",
    marks: {},
    pattern: null,
    patternOf,
    service: null,
  });

  it("has the pattern that holds when a call is made, whatever the framework does later", () => {
    const attribution = createAttribution();
    let pattern: string | null = "/api/chat/:name";
    attribution.enterRequest(
      asked(() => pattern),
      noEmitters,
      null,
    );
    const scope = attribution.current();
    pattern = null;
    expect(sourceOf(scope, none)).toEqual({ source: "/api/chat/:name", sourceKind: "route" });
  });

  it("has the pattern that is known when it is reported, where there was none before", () => {
    const attribution = createAttribution();
    let pattern: string | null = null;
    attribution.enterRequest(
      asked(() => pattern),
      noEmitters,
      null,
    );
    const scope = attribution.current();
    pattern = "/api/chat/:name";
    expect(sourceOf(scope, none)?.source).toBe("/api/chat/:name");
  });

  it("has its path where there is no pattern", () => {
    const attribution = createAttribution();
    attribution.enterRequest(
      asked(() => null),
      noEmitters,
      null,
    );
    expect(sourceOf(attribution.current(), none)?.source).toBe("/api/chat/fish");
  });

  it("is let go when it is answered, and keeps its pattern", () => {
    const inbound = asked((marks) => (marks === null ? null : "/api/chat/:name"));
    release(inbound);
    expect(inbound).toMatchObject({ marks: null, pattern: "/api/chat/:name" });
  });

  it("holds for whoever listens to it, but not over a scope of their own", () => {
    const attribution = createAttribution();
    const request = new EventEmitter();
    const response = new EventEmitter();
    const heard: (string | undefined)[] = [];
    const listen = () => heard.push(sourceOf(attribution.current(), none)?.source);
    request.on("data", listen);
    response.on("close", listen);
    const inbound = asked(() => "/api/chat/:name");
    attribution.withSource({ source: "elsewhere", sourceKind: "custom" }, () => {
      // As Node does it: in a context of the connection's.
      attribution.withJob({ source: "background_job:x", sourceKind: "job" }, () => {
        attribution.enterRequest(inbound, { request, response }, null);
        attribution.withSource({ source: "inner", sourceKind: "custom" }, () => request.emit("data"));
      });
      expect(request.emit("data", 1)).toBe(true);
      expect(request.emit("nobody listens")).toBe(false);
      response.emit("close");
    });
    expect(heard).toEqual(["inner", "/api/chat/:name", "/api/chat/:name"]);
    expect(inbound.marks).toBeNull();
    expect(Object.keys(request)).toEqual(Object.keys(new EventEmitter()));
  });

  it("what a listener throws goes to whoever emitted", () => {
    const attribution = createAttribution();
    const request = new EventEmitter();
    attribution.enterRequest(
      asked(() => null),
      { request, response: new EventEmitter() },
      null,
    );
    request.on("data", () => {
      throw new Error("of the host");
    });
    expect(() => request.emit("data")).toThrow("of the host");
    expect(() => request.emit("error", new Error("unheard"))).toThrow("unheard");
  });
});
