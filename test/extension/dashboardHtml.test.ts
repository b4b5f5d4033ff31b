import { expect, test } from "vitest";
import { dashboardHtml } from "../../extension/dashboard/dashboardHtml.ts";

const assets = {
  scriptUri: "https://files.example/dashboard.js",
  styleUri: "https://files.example/dashboard.css",
  cspSource: "https://files.example",
  nonce: "bm9uY2U=",
  locale: 'en"><script>',
  title: "Taximeter",
};
const sessionStart = new Date("2026-11-21T08:00:00Z");
const html = dashboardHtml(assets, {
  workspace: '/home/me/"shop"',
  scope: "workspace",
  period: "week",
  sessionStart,
});

test("the page runs our script and no other, and connects to nothing", () => {
  const policy = /content="(default-src[^"]*)"/.exec(html)?.[1];
  expect(policy?.split("; ")).toEqual([
    "default-src 'none'",
    "script-src 'nonce-bm9uY2U='",
    "style-src https://files.example 'unsafe-inline'",
    "font-src https://files.example",
    "img-src https://files.example data:",
  ]);
  expect([...html.matchAll(/<script[^>]*>/g)].map(([tag]) => tag)).toEqual([
    '<script type="module" nonce="bm9uY2U=" src="https://files.example/dashboard.js">',
  ]);
});

test("what is put into it stays within its attribute", () => {
  expect(html).toContain('<html lang="en&#34;&#62;&#60;script&#62;">');
});

test("it tells the dashboard where it is and what the window looks at", () => {
  expect(html).toContain(
    '<body data-host="vscode" data-workspace="/home/me/&#34;shop&#34;" data-scope="workspace" data-period="week" data-session-start="2026-11-21T08:00:00.000Z">',
  );
});

test("a window without a folder has no workspace", () => {
  expect(
    dashboardHtml(assets, { workspace: null, scope: "all", period: "today", sessionStart }),
  ).not.toContain("data-workspace");
});
