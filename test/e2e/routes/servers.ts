import { readFileSync } from "node:fs";
import { cp, symlink } from "node:fs/promises";
import { join } from "node:path";
import type { CallSite } from "../../../shared/call.ts";
import { temporaryFolder } from "../runtimes/meteredHost.ts";

/** Servers of many frameworks, each of which makes AI calls in its handlers. */
export const serversFixture = join(import.meta.dirname, "servers");

/** The routes that most of the servers have, as their users write them. */
export const patterned = [
  { method: "GET", path: (n: number) => `/api/chat/fish-${n}?n=${n}`, source: "/api/chat/:chatId" },
  { method: "POST", path: () => "/api/teams/7/ask", source: "/api/teams/:team/ask" },
  { method: "GET", path: (n: number) => `/api/summary?n=${n}`, source: "/api/summary" },
  { method: "POST", path: (n: number) => `/api/agents/agent-${n}`, source: "/api/agents/:agent" },
] as const;

/** Without a framework there is the path, with its ids folded. */
export const folded = [
  { method: "GET", path: (n: number) => `/api/chat/${n}?n=${n}`, source: "/api/chat/:id" },
  { method: "POST", path: () => "/api/teams/acme/ask", source: "/api/teams/acme/ask" },
  { method: "GET", path: (n: number) => `/a/%C3%BC/${uuid(n)}/?n=${n}`, source: "/a/ü/:id" },
] as const;

const answers = readFileSync(join(serversFixture, "answer.mjs"), "utf8");
const lineOf = (text: string) => answers.slice(0, answers.indexOf(text)).split("\n").length;
/** Where all of the handlers' calls are made; the second where the framework's `fetch` loses who called it. */
export const askedAt: readonly CallSite[] = [
  { file: "answer.mjs", line: lineOf("return fetch("), function: "asked" },
  { file: "answer.mjs", line: lineOf("const response = await asked("), function: "ask" },
];

/** Puts what the servers' handlers do into an app of its own. */
export async function copyAnswer(app: string): Promise<void> {
  for (const file of ["answer.mjs", "pools.mjs"]) await cp(join(serversFixture, file), join(app, file));
}

/** Runs a step in a folder that has the servers, and their packages. */
export function inServersFolder(modules: string, step: (folder: string) => Promise<void>): Promise<void> {
  return inFolderOf(serversFixture, modules, step);
}

/** Runs a step in a copy of a fixture, with its packages. */
export async function inFolderOf(
  fixture: string,
  modules: string,
  step: (folder: string) => Promise<void>,
): Promise<void> {
  const place = await temporaryFolder("routes");
  try {
    await cp(fixture, place.folder, { recursive: true });
    await symlink(modules, join(place.folder, "node_modules"), "dir");
    await step(place.folder);
  } finally {
    await place.remove();
  }
}

function uuid(n: number): string {
  return `0190f5fe-7c00-7a00-8000-${String(n).padStart(12, "0")}`;
}
