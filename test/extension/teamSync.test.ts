import { expect, test } from "vitest";
import { createTeamSync, type TeamSetting } from "../../extension/team/teamSync.ts";
import { createTeamTokens } from "../../extension/team/teamTokens.ts";
import type { ApiRequest, ApiResponse, ApiRouteName } from "../../shared/api.ts";
import { defaultTeamShare, type TeamShare, type TeamStatus } from "../../shared/team.ts";

const URL = "libsql://team-name.turso.io";
const nowhere: TeamSetting = { url: null, share: defaultTeamShare };
const here: TeamSetting = { url: URL, share: defaultTeamShare };

/** What a daemon says of the token that it was given. */
const tokenOf = (body: unknown): TeamStatus["token"] =>
  typeof body === "object" && body !== null && "token" in body
    ? { place: "memory", expiresAt: null, held: true }
    : null;

/** A daemon that knows one team, and VS Code's memory, both as they are between windows. */
function makeTeam(token: string | null = null) {
  const asked: [name: string, request: unknown][] = [];
  let status: TeamStatus = {
    url: null,
    developer: "ada",
    machine: null,
    joinedAt: null,
    timeZone: null,
    share: defaultTeamShare,
    token: null,
    outstanding: 0,
    lastPushedAt: null,
    problem: null,
    warnings: [],
  };
  const secrets = new Map<string, string>();
  const tokens = createTeamTokens({
    get: async (key) => secrets.get(key),
    store: async (key, value) => void secrets.set(key, value),
    delete: async (key) => void secrets.delete(key),
  });
  let applied = nowhere;
  const request = async <Name extends ApiRouteName>(name: Name, given: ApiRequest<Name>) => {
    if (name !== "team") asked.push([name, given]);
    const body: unknown = Reflect.get(given, "body");
    if (name === "joinTeam") status = { ...status, url: URL, token: tokenOf(body) };
    if (name === "giveTeamToken")
      status = { ...status, token: { place: "memory", expiresAt: null, held: true } };
    return status as ApiResponse<Name>;
  };
  const sync = createTeamSync({
    link: { request },
    tokens,
    applied: {
      read: () => applied,
      async write(next) {
        applied = next;
      },
    },
  });
  return {
    asked,
    tokens,
    sync,
    /** As a daemon is after its restart. */
    forgetToken() {
      status = { ...status, token: { place: "memory", expiresAt: null, held: false } };
    },
    async ready() {
      if (token !== null) await tokens.keep(URL, token);
    },
  };
}

test("a team that the settings name is joined once, with the token that is kept for it and no other", async () => {
  const { sync, asked, tokens, ready } = makeTeam("secret");
  await ready();
  await tokens.keep("libsql://another.turso.io", "another");
  await sync.apply(here);
  expect(asked).toEqual([["joinTeam", { body: { url: URL, share: defaultTeamShare, token: "secret" } }]]);
});

test("a daemon that was restarted is given the token again, and asked for nothing else", async () => {
  const { sync, asked, ready, forgetToken } = makeTeam("secret");
  await ready();
  await sync.apply(here);
  await sync.apply(here);
  forgetToken();
  await Promise.all([sync.apply(here), sync.apply(here)]);
  expect(asked.slice(1)).toEqual([["giveTeamToken", { body: { token: "secret" } }]]);
});

test("what is shared follows the settings; an address that was cleared leaves nothing", async () => {
  const { sync, asked } = makeTeam();
  await sync.apply(here);
  const share: TeamShare = { kind: "calls", details: ["branch"] };
  await sync.apply({ url: URL, share });
  await sync.apply({ url: null, share });
  expect(asked.map(([name]) => name)).toEqual(["joinTeam", "shareWithTeam"]);
});

test("no team, no word", async () => {
  const { sync, asked } = makeTeam("secret");
  await sync.apply(nowhere);
  expect(asked).toEqual([]);
});
