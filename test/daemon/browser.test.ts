import { expect, test } from "vitest";
import { HOST, makeApp, PORT } from "./testApp.ts";

const samePage = { "sec-fetch-site": "same-origin" };

/** A browser: no token, but a cookie once it has one. */
async function makeBrowser(options: Parameters<typeof makeApp>[0] = {}) {
  const app = await makeApp(options);
  let cookie: string | null = null;
  const go = async (
    path: string,
    headers: Record<string, string | null> = {},
    method = "GET",
    body?: unknown,
  ) => {
    const response = await app.send(method, path, {
      headers: { authorization: null, cookie, ...headers },
      body,
    });
    cookie = response.headers.get("set-cookie")?.split(";")[0] ?? cookie;
    return response;
  };
  const invite = async () => {
    const { url, expiresAt } = await app.json("POST", "/v1/browser-invitations", { body: {} });
    expect(new URL(url).origin).toBe(`http://${HOST}`);
    return { path: url.slice(`http://${HOST}`.length), expiresAt };
  };
  return { app, go, invite };
}

test("a one-time address opens the dashboard, once", async () => {
  const { go, invite } = await makeBrowser();
  const { path } = await invite();
  const entering = await go(path);
  expect(entering.status).toBe(303);
  expect(entering.headers.get("location")).toBe("/");
  expect(entering.headers.get("set-cookie")).toMatch(
    new RegExp(`^taximeter_session_${PORT}=[\\w-]{40,}; Max-Age=\\d+; Path=/; HttpOnly; SameSite=Strict$`),
  );
  const page = await go("/");
  expect(page.status).toBe(200);
  const policy = page.headers.get("content-security-policy") ?? "";
  expect(policy).toMatch(/default-src 'none'/);
  expect(policy).not.toMatch(/unsafe|\*/);
  const html = await page.text();
  expect(html).toContain('data-host="browser"');
  expect(html).not.toMatch(/<script(?![^>]*src=)/);
  expect((await go("/dashboard.js")).status).toBe(200);
  expect((await go("/codicon.ttf")).status).toBe(200);

  const another = await makeBrowser();
  expect((await another.go(path)).status).toBe(401);
  expect((await go(path, { cookie: null })).status).toBe(401);
});

test("the page names its files by their versions, which a browser keeps; nothing else is kept", async () => {
  const { go, invite } = await makeBrowser();
  await go((await invite()).path);
  const html = await (await go("/")).text();
  const kept = async (path: string) => (await go(path)).headers.get("cache-control");
  for (const name of ["dashboard.js", "dashboard.css"]) {
    const address = `/${name}?v=version-of-${name}`;
    expect(html).toContain(`"${address}"`);
    expect(await kept(address)).toBe("private, max-age=31536000, immutable");
    expect(await kept(`/${name}`)).toBe("no-store");
    expect(await kept(`/${name}?v=version-before`)).toBe("no-store");
  }
  expect(await kept("/")).toBe("no-store");
  expect((await go("/dashboard.js?v=version-of-dashboard.js", { cookie: null })).status).toBe(401);
});

test("an address is good for five minutes", async () => {
  let nowMs = Date.parse("2026-11-21T10:00:00.000Z");
  const { go, invite } = await makeBrowser({ nowMs: () => nowMs });
  const { path, expiresAt } = await invite();
  expect(expiresAt).toBe("2026-11-21T10:05:00.000Z");
  nowMs += 5 * 60_000;
  const late = await go(path);
  expect(late.status).toBe(401);
  expect(await late.text()).toContain("taximeter dashboard");
});

test("a session reads what the dashboard shows, from our own page alone", async () => {
  const { go, invite } = await makeBrowser();
  await go((await invite()).path);
  expect((await go("/v1/spend", samePage)).status).toBe(200);
  expect((await go("/v1/status", samePage)).status).toBe(200);
  expect((await go("/v1/live", samePage)).status).toBe(200);
  expect((await go("/v1/spend")).status).toBe(401);
  expect((await go("/v1/spend", { "sec-fetch-site": "cross-site" })).status).toBe(401);
  expect((await go("/v1/spend", { "sec-fetch-site": "same-site" })).status).toBe(401);
  const budget = { period: "day", limitUsd: "5" };
  expect((await go("/v1/budgets", { origin: `http://${HOST}` }, "PUT", budget)).status).toBe(200);
  expect((await go("/v1/budgets/day", samePage, "DELETE")).status).toBe(200);
});

test("a session opens nothing that a dashboard has no use for", async () => {
  const { app, go, invite } = await makeBrowser();
  await go((await invite()).path);
  expect((await go("/v1/shutdown", samePage, "POST", { reason: "x" })).status).toBe(401);
  expect((await go("/v1/browser-invitations", samePage, "POST", {})).status).toBe(401);
  expect((await go("/v1/calls", samePage, "POST", [])).status).toBe(401);
  expect((await go("/v1/recording", samePage, "PUT", { recording: false })).status).toBe(401);
  expect(app.stopped()).toBe(null);
});

test("an invented cookie opens nothing", async () => {
  const { go } = await makeBrowser();
  const cookie = `taximeter_session_${PORT}=${"A".repeat(43)}`;
  expect((await go("/", { cookie })).status).toBe(401);
  expect((await go("/v1/spend", { ...samePage, cookie })).status).toBe(401);
});
