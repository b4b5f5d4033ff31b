import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { taximeter, taximeterJson } from "../cli/installation.ts";
import { temporaryHome } from "../daemon/realDaemon.ts";

it("a budget with a hard stop says so", async () => {
  const home = temporaryHome();
  const set = await taximeter(["budget", "set", "day", "5", "--hard-stop"], { home });
  expect(set.out).toBe(
    "$5.00 a day for everything: $0.00 spent so far (0 %). Calls that may go over it are stopped.\n",
  );
  expect((await taximeter(["budget", "list"], { home })).out).toMatch(/^day .* hard stop$/m);
  // Whoever was told so may count on it.
  expect(existsSync(join(home, "protection.json"))).toBe(true);
  const refused = await taximeter(
    ["budget", "set", "day", "5", "--hard-stop", "--scope", "callSite=app.ts:1"],
    { home },
  );
  expect(refused.code).not.toBe(0);
  expect(refused.err).toMatch(/^taximeter: .*callSite or developer.*\n$/);
  // A new limit leaves it on: whoever sets one need not know of it.
  expect((await taximeter(["budget", "set", "day", "6"], { home })).out).toContain("stopped");
  const only = await taximeter(["budget", "set", "day", "5", "--no-hard-stop"], { home });
  expect(only.out).not.toContain("stopped");
  expect(existsSync(join(home, "protection.json"))).toBe(false);
  const byFeature = ["budget", "set", "day", "5", "--feature", "reply", "--hard-stop"];
  expect((await taximeter(byFeature, { home })).out).toContain("Only where the app itself names the feature");
  expect(set.out).not.toContain("feature");
});

it("breakers are switched on and off, everywhere and in a workspace, and stay so", async () => {
  const home = temporaryHome();
  const run = async (...args: string[]) => (await taximeter(["breaker", ...args], { home })).out;
  expect(await run("list")).toBe("Breakers are off.\n");
  expect(await run("on")).toBe("Breakers are on.\n");
  expect(await run("off", "--workspace", "/work/shop")).toBe(
    "Breakers are on.\nIn /work/shop they are off.\n",
  );
  expect(existsSync(join(home, "protection.json"))).toBe(true);
  await taximeter(["restart"], { home });
  expect(await taximeterJson(["breaker", "list"], { home })).toEqual({
    settings: { everywhere: true, workspaces: { "/work/shop": false } },
    circuits: [],
  });
  expect(await run("off")).toBe("Breakers are off.\n");
  expect(existsSync(join(home, "protection.json"))).toBe(false);
});
