import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { decimalToNanoUsd } from "../../shared/money.ts";
import type { TeamStatus } from "../../shared/team.ts";
import { makeReport } from "../builders.ts";
import { cleanEnvironment, installation, taximeter, taximeterJson } from "../cli/installation.ts";
import { connect, discoveryIn, eventually, isAlive, temporaryHome } from "../daemon/realDaemon.ts";
import { startSqld } from "./team/sqld.ts";
import { inFrontOf } from "./team/trouble.ts";

/** Nothing of the machine's own keychain, and what tests say of the environment. */
const noKeychain = { DBUS_SESSION_BUS_ADDRESS: "unix:path=/nowhere" };

/** Calls of now, or spread over so many days. */
async function spend(home: string, calls: number, days = 0): Promise<void> {
  const connection = await connect({ home, launches: null });
  const startedAt = (at: number) => new Date(Date.now() - (at / calls) * days * 86_400_000).toISOString();
  await connection.request("ingest", {
    body: Array.from({ length: calls }, (_, at) => makeReport({ startedAt: startedAt(at) })),
  });
}

async function teamOf(home: string): Promise<TeamStatus> {
  return await (await connect({ home, launches: null })).request("team", {});
}

/** Files of the home that hold a text. */
function filesWith(home: string, text: string): string[] {
  return readdirSync(home, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => readFileSync(file).includes(text));
}

async function callsAt(sqld: Awaited<ReturnType<typeof startSqld>>): Promise<number> {
  const [row] = await sqld.query("SELECT coalesce(sum(calls), 0) AS calls FROM taximeter_rollups");
  return Number(row?.["calls"]);
}

describe("the command line", () => {
  test("joins with a token from standard input, which nobody ever sees again", async () => {
    const sqld = await startSqld({ jwt: true });
    const home = temporaryHome();
    const token = sqld.token({ a: "rw" });
    const options = { home, env: noKeychain };
    expect((await taximeter(["start"], options)).code).toBe(0);
    await spend(home, 3);

    const without = await taximeter(["team", "join", sqld.url], { ...options, input: "" });
    expect([without.code, without.err]).toEqual([1, expect.stringMatching(/refuses the token/)]);
    const holding = await taximeter(["team", "join", `${sqld.url}?authToken=${token}`], options);
    expect([holding.code, holding.err.includes(token)]).toEqual([2, false]);

    const joined = await taximeter(["team", "join", sqld.url], { ...options, input: `${token}\n` });
    expect(joined).toMatchObject({ code: 0, err: "" });
    expect(joined.out).toMatch(/^Joined http:.* as .*: sums of quarter hours\.\nPushed 1 row\.\n/);
    expect(await callsAt(sqld)).toBe(3);

    const status = await taximeter(["team", "status"], options);
    expect(status.out).toMatch(/to push +0 rows/);
    const outputs = [joined, status, await taximeter(["status"], options)];
    expect(outputs.some(({ out, err }) => `${out}${err}`.includes(token))).toBe(false);
    const secret = token.split(".")[2] ?? token;
    expect(filesWith(home, secret)).toEqual([]);
    const pid = discoveryIn(home)?.pid;
    expect(readFileSync(`/proc/${pid}/cmdline`, "utf8")).not.toContain(secret);

    // What was spent in the last moment goes along when the daemon ends.
    await spend(home, 2);
    expect((await taximeter(["stop"], options)).code).toBe(0);
    expect(await callsAt(sqld)).toBe(5);

    // Nobody has the token now but who gives it again.
    expect(await taximeterJson(["team", "status"], options)).toMatchObject({ token: { held: false } });
    await spend(home, 1);
    const refused = await taximeter(["team", "push"], options);
    expect([refused.code, refused.err]).toEqual([1, expect.stringMatching(/token is not known any more/)]);
    const env = { ...noKeychain, TAXIMETER_TEAM_TOKEN: token };
    expect((await taximeter(["team", "push"], { home, env })).code).toBe(0);
    expect(await callsAt(sqld)).toBe(6);

    expect((await taximeter(["team", "leave", "--erase"], options)).code).toBe(0);
    expect(await callsAt(sqld)).toBe(0);
    expect((await taximeter(["team", "leave"], options)).code).toBe(1);
  });

  test("a daemon whose environment names a team joins it, and finds its token there after each start", async () => {
    const sqld = await startSqld({ jwt: true });
    const home = temporaryHome();
    const env = { ...noKeychain, TAXIMETER_TEAM_URL: sqld.url, TAXIMETER_TEAM_TOKEN: sqld.token() };
    expect((await taximeter(["start"], { home, env })).code).toBe(0);
    await spend(home, 4);
    await eventually(async () => (await callsAt(sqld).catch(() => 0)) === 4);
    expect((await taximeter(["restart"], { home, env })).code).toBe(0);
    expect(await taximeterJson(["team", "status"], { home, env })).toMatchObject({
      url: sqld.url,
      token: { place: "environment", held: true },
      problem: null,
    });
  });

  test("a daemon that is killed in the middle of pushes, again and again, loses and doubles nothing", async () => {
    const sqld = await startSqld();
    const server = await inFrontOf(sqld.url);
    const home = temporaryHome();
    const env = { ...noKeychain, TAXIMETER_TEAM_URL: server.url };
    server.trouble = () => ({ delayMs: 40 });
    for (let round = 0; round < 4; round += 1) {
      expect((await taximeter(["start"], { home, env })).code).toBe(0);
      await eventually(async () => (await teamOf(home)).url !== null);
      await spend(home, 900, 60);
      const before = server.requests();
      await eventually(() => server.requests() > before + round);
      process.kill(discoveryIn(home)?.pid ?? 0, "SIGKILL");
    }
    server.trouble = () => null;
    expect((await taximeter(["start"], { home, env })).code).toBe(0);
    const connection = await connect({ home, launches: null });
    const { total } = await connection.request("spend", { query: { from: "all" } });
    expect(total.calls).toBe(3_600);
    await eventually(async () => (await teamOf(home)).outstanding === 0);
    const [sum] = await sqld.query(
      "SELECT sum(calls) AS calls, sum(cost_nano_usd) AS cost FROM taximeter_days",
    );
    expect(sum).toEqual({ calls: 3_600, cost: decimalToNanoUsd(total.costUsd) });
    expect(await sqld.query("SELECT count(*) AS n FROM taximeter_machines")).toEqual([{ n: 1 }]);
  });

  test.skipIf(!existsSync("/usr/bin/script"))("a token typed at a terminal is not shown", async () => {
    const sqld = await startSqld({ jwt: true });
    const home = temporaryHome();
    const token = sqld.token();
    const { cli } = await installation();
    const command = `"${process.execPath}" "${cli}" team join ${sqld.url}`;
    const child = spawn("/usr/bin/script", ["-qec", command, "/dev/null"], {
      env: cleanEnvironment(home, noKeychain),
      stdio: ["pipe", "pipe", "ignore"],
    });
    let shown = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      shown += text;
      if (shown.includes("press Enter") && !child.stdin.writableEnded) child.stdin.end(`x\u007f${token}\r`);
    });
    const code = await new Promise((resolve) => child.once("close", resolve));
    expect(code).toBe(0);
    expect(shown).toMatch(/Token of the team's database/);
    expect(shown).toMatch(/Joined http/);
    expect(shown).not.toContain(token);
    const pid = discoveryIn(home)?.pid ?? 0;
    expect(isAlive(pid)).toBe(true);
  });

  test.each([
    [["team", "join"], 2],
    [["team", "join", "file:///tmp/team.db"], 2],
    [["team", "join", "http://127.0.0.1:9", "--share", "everything"], 2],
    [["team", "join", "http://127.0.0.1:9", "--with", "labels"], 2],
    [["team", "preview", "--with", "colour"], 2],
    [["team", "push"], 1],
    [["team", "share", "calls"], 1],
    [["team", "join", "http://127.0.0.1:9", "--no-token"], 1],
    [["team", "preview"], 0],
    [["team", "status"], 0],
  ])("%j ends with %i", async (args, code) => {
    const home = temporaryHome();
    const result = await taximeter(args, { home, env: noKeychain });
    expect(result.code).toBe(code);
    if (code !== 0) expect(result.err).toMatch(/^taximeter: .+\n$/);
  });
});
