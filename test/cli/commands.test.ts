import { spawn } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import type { CallReport } from "../../shared/call.ts";
import { makeReport } from "../builders.ts";
import { connect, discoveryIn, eventually, isAlive, temporaryHome } from "../daemon/realDaemon.ts";
import {
  CLI_VERSION,
  cleanEnvironment,
  installation,
  startCli,
  taximeter,
  taximeterJson,
} from "./installation.ts";

/** A home whose daemon holds these calls. */
async function homeWith(reports: readonly CallReport[]): Promise<string> {
  const home = temporaryHome();
  expect((await taximeter(["start"], { home })).code).toBe(0);
  const connection = await connect({ home, launches: null });
  const { results } = await connection.request("ingest", { body: [...reports] });
  expect(results.map(({ outcome }) => outcome)).toEqual(reports.map(() => "accepted"));
  return home;
}

const unpriced = { requestModel: "model-without-a-price", source: null };

describe("usage", () => {
  test.each([
    [["--help"], 0],
    [["report", "--help"], 0],
    [["--version"], 0],
    [[], 2],
    [["repotr"], 2],
    [["report", "--by", "colour"], 2],
    [["report", "--by", "source,model,feature"], 2],
    [["report", "--csv", "--json"], 2],
    [["report", "--limit", "-3"], 2],
    [["calls", "--status", "fine"], 2],
    [["calls", "--filter", "source"], 2],
    [["export", "--format", "xml"], 2],
    [["budget", "set", "day", "free"], 2],
    [["budget", "set", "year", "5"], 2],
    [["budget", "set", "day", "5", "--warn-at", "0"], 2],
    [["prices", "set", "openai:my-model"], 2],
    [["prices", "set", "openai:my-model", "--input", "cheap"], 2],
    [["prices", "set", "my-model", "--input", "3"], 2],
    [["prices", "update"], 2],
    [["prices", "update", "data.json", "--date", "yesterday"], 2],
    [["run"], 2],
    [["backup"], 2],
  ])("%j ends with %i", async (args, code) => {
    const home = temporaryHome();
    const result = await taximeter(args, { home });
    expect(result.code).toBe(code);
    if (code === 0) {
      expect(result.err).toBe("");
      expect(result.out).not.toBe("");
    } else {
      expect(result.out).toBe("");
      expect(result.err).not.toBe("");
      // What was forgotten gets the help, what was wrong one line.
      if (args.length > 1) expect(result.err.trim().split("\n")).toHaveLength(1);
    }
    expect(existsSync(home)).toBe(false);
  });

  test.each([
    [["report", "--since", "someday"], /^taximeter: --since must be .*"someday".*\n$/],
    [["report", "--until", "someday"], /^taximeter: --until must be .*"someday".*\n$/],
    [["report", "--until", "yesterday"], /^taximeter: --until must not be before the beginning\.\n$/],
    [["report", "--by", "source,"], /^taximeter: An empty name is none of source, .*\n$/],
    [["report", "--limit", "99999"], /^taximeter: --limit must be at most 10000\.\n$/],
    [["calls", "--cursor", "next"], /^taximeter: --cursor is not a cursor .*\n$/],
    [
      ["budget", "set", "day", "5", "--scope", "callSite=a.ts:1", "--hard-stop"],
      /^taximeter: --hard-stop cannot go by callSite or developer\.\n$/,
    ],
  ])("%j is wrong usage of an option, in the daemon's words", async (args, line) => {
    const { code, out, err } = await taximeter(args, { home: temporaryHome() });
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toMatch(line);
  });
});

describe("the daemon's life", () => {
  test("start, status, restart, stop", async () => {
    const home = temporaryHome();
    expect(await taximeterJson(["status"], { home })).toEqual({ running: false });
    expect(discoveryIn(home)).toBeNull();

    const start = await taximeter(["start"], { home });
    expect(start.out).toMatch(/^The daemon runs: version 1\.0\.0, process \d+, port \d+\.\n$/);
    const first = discoveryIn(home)?.pid ?? 0;
    expect(await taximeterJson(["status"], { home })).toMatchObject({
      running: true,
      version: CLI_VERSION,
      pid: first,
      home,
    });
    expect((await taximeter(["status"], { home })).out).toContain(`process ${first}`);

    expect((await taximeter(["restart"], { home })).code).toBe(0);
    const second = discoveryIn(home)?.pid ?? 0;
    expect(second).not.toBe(first);
    expect([isAlive(first), isAlive(second)]).toEqual([false, true]);

    expect((await taximeter(["stop"], { home })).out).toBe("The daemon has stopped.\n");
    expect(isAlive(second)).toBe(false);
    const again = await taximeter(["stop"], { home });
    expect([again.code, again.out]).toEqual([0, "No daemon was running.\n"]);
  });

  test("in the foreground it shows its log, and ends by a signal", async () => {
    const home = temporaryHome();
    const running = await startCli(["start", "--foreground"], { home });
    const discovery = await eventually(() => discoveryIn(home));
    await eventually(() => /listens on port/.test(running.err() + running.out()));
    running.child.kill("SIGTERM");
    expect((await running.ended).code).toBe(0);
    expect(isAlive(discovery.pid)).toBe(false);
  });

  test("where no home can be made, every command says why in one line", async () => {
    const file = `${temporaryHome()}-file`;
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, "");
    for (const command of [["start"], ["report"], ["top", "--once"]]) {
      const { code, out, err } = await taximeter(command, { home: join(file, "home") });
      expect([command, code, out]).toEqual([command, 1, ""]);
      expect(err).toMatch(/^taximeter: .+\n$/);
      expect(err.trim().split("\n")).toHaveLength(1);
    }
  });
});

describe("report", () => {
  test("--json is the daemon's own answer", async () => {
    const home = await homeWith([
      makeReport(),
      makeReport({ usage: { inputTokens: 3000, outputTokens: 500 } }),
      makeReport({ source: "background_job:ENRICH", status: "error", httpStatus: 429, usage: {} }),
      makeReport(unpriced),
    ]);
    const spend = await taximeterJson(["report"], { home });
    expect(spend).toMatchObject({
      from: expect.stringMatching(/^\d{4}-.*Z$/),
      to: expect.stringMatching(/^\d{4}-.*Z$/),
      groupBy: ["source"],
      total: { calls: 4, errors: 1, unpricedCalls: 1, inputTokens: 5000, outputTokens: 700 },
    });
    const { rows, total } = spend as {
      rows: { key: string | null; costUsd: string }[];
      total: { costUsd: string };
    };
    expect(rows.map(({ key }) => key)).toEqual(
      expect.arrayContaining(["/api/chat", "background_job:ENRICH", null]),
    );
    // gpt-4o-mini: 0.15 and 0.60 dollars per million tokens.
    expect(total.costUsd).toBe("0.00096");
    expect(rows[0]).toMatchObject({ key: "/api/chat", calls: 2, costUsd: "0.00096" });
  });

  test("for people it names what is missing, and puts no colour into a pipe", async () => {
    const home = await homeWith([
      makeReport(),
      makeReport(unpriced),
      makeReport({ ...unpriced, status: "error" }),
    ]);
    const { code, out, err } = await taximeter(["report"], { home });
    expect([code, err]).toEqual([0, ""]);
    expect(out).toMatch(/^unattributed +2 .*no price$/m);
    expect(out).toMatch(/^total +3 .*\$0\.00021 +\S/m);
    expect(out).toMatch(/calls have no known price and are not in the sum/);
    expect(out).not.toContain("\u001b");
    expect(out).not.toMatch(/ +$/m);
  });

  test("by two dimensions, filtered, and as Markdown and CSV", async () => {
    const home = await homeWith([
      makeReport({ source: '=HYPERLINK("http://evil")', feature: "chat|bot" }),
      makeReport({ source: "/api/b", feature: "search" }),
    ]);
    const csv = await taximeter(["report", "--by", "source,feature", "--csv"], { home });
    const lines = csv.out.trim().split("\r\n");
    expect(lines[0]).toMatch(/^source,feature,calls,errors,/);
    expect(lines).toHaveLength(3);
    expect(lines.slice(1).sort()[0]).toMatch(/^"'=HYPERLINK\(""http:\/\/evil""\)",chat\|bot,1,/);
    const markdown = await taximeter(["report", "--by", "feature", "--md"], { home });
    expect(markdown.out).toContain("| chat\\|bot | 1 |");
    const filtered = await taximeterJson(["report", "--filter", "feature=search", "--since", "7d"], { home });
    expect(filtered).toMatchObject({ total: { calls: 1 }, rows: [{ key: "/api/b" }] });
  });

  test("a name cannot forge a line or move the cursor", async () => {
    const home = await homeWith([makeReport({ source: "/api/\u001b[2Jx\ntotal 0" })]);
    const { out } = await taximeter(["report"], { home });
    expect(out).not.toContain("\u001b");
    expect(out.split("\n").filter((line) => line.startsWith("total"))).toHaveLength(1);
  });

  test("nothing yet is said in words", async () => {
    const { out } = await taximeter(["report"], { home: temporaryHome() });
    expect(out).toContain("No AI calls in this time.");
  });
});

describe("calls and export", () => {
  test("calls: newest first, limited, filtered, page by page", async () => {
    const minute = (n: number) => new Date(Date.now() - n * 60_000).toISOString();
    const home = await homeWith([
      makeReport({ startedAt: minute(3), source: "/api/a" }),
      makeReport({
        startedAt: minute(2),
        source: "/api/b",
        status: "error",
        httpStatus: 429,
        errorType: "rate_limit",
      }),
      makeReport({ startedAt: minute(1), ...unpriced }),
    ]);
    const { out } = await taximeter(["calls"], { home });
    const [header, newest, ...older] = out.trimEnd().split("\n");
    expect(header).toMatch(/^source +started +model +took +tokens +cost/);
    expect(newest).toMatch(/^unattributed .*no price/);
    expect(older.map((line) => line.split(" ")[0])).toEqual(["/api/b", "/api/a"]);
    expect(older[0]).toMatch(/429 rate_limit$/);

    const first = (await taximeterJson(["calls", "--limit", "2"], { home })) as {
      calls: unknown[];
      nextCursor: string;
    };
    expect(first.calls).toHaveLength(2);
    const rest = await taximeterJson(["calls", "--cursor", first.nextCursor], { home });
    expect(rest).toMatchObject({ calls: [{ source: "/api/a" }], nextCursor: null });

    expect(await taximeterJson(["calls", "--status", "error"], { home })).toMatchObject({
      calls: [{ source: "/api/b" }],
    });
    expect(await taximeterJson(["calls", "--cost-status", "unpriced"], { home })).toMatchObject({
      calls: [{ source: null }],
    });
    expect(await taximeterJson(["calls", "--filter", "source="], { home })).toMatchObject({
      calls: [{ source: null }],
    });
  });

  test("export pages through everything, oldest first, each call once", async () => {
    const at = Date.now() - 3_000_000;
    const reports = Array.from({ length: 2_300 }, (_, index) =>
      makeReport({ startedAt: new Date(at + index * 1_000).toISOString() }),
    );
    const home = await homeWith(reports);
    const { code, out, err } = await taximeter(["export"], { home });
    expect([code, err]).toEqual([0, ""]);
    const ids = out
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line).callId);
    expect(ids).toEqual(reports.map(({ callId }) => callId));

    const csv = await taximeter(["export", "--format", "csv"], { home });
    const lines = csv.out.trimEnd().split("\r\n");
    expect(lines).toHaveLength(2_301);
    const columns = lines[0]?.split(",") ?? [];
    const cells = lines[1]?.split(",") ?? [];
    expect(cells[columns.indexOf("inputTokens")]).toBe("1000");
    // Not reported is empty, not 0.
    expect(cells[columns.indexOf("cacheReadInputTokens")]).toBe("");
    expect(cells[columns.indexOf("costUsd")]).toBe("0.00021");
  });

  test("a reader that leaves early ends an export without a word", async () => {
    const home = await homeWith(Array.from({ length: 1_500 }, () => makeReport()));
    const { cli } = await installation();
    const shell = spawn("sh", ["-c", `"$NODE" "$CLI" export | head -n 1`], {
      env: cleanEnvironment(home, { NODE: process.execPath, CLI: cli }),
    });
    let said = "";
    shell.stderr.on("data", (text) => {
      said += text;
    });
    expect(await new Promise((resolve) => shell.on("close", resolve))).toBe(0);
    expect(said).toBe("");
  });
});

describe("budget", () => {
  test("set, replaced, listed, removed", async () => {
    const home = await homeWith([makeReport(), makeReport(unpriced)]);
    const set = await taximeter(["budget", "set", "day", "$0.0002"], { home });
    expect(set.out).toMatch(/^\$0\.00020 a day for everything: \$0\.00021 spent so far \(105 %\)\. /);
    expect(set.out).toMatch(/blind for 1 call without a full price: taximeter prices unpriced tells .*\n$/);
    expect(await taximeterJson(["budget", "set", "day", "5", "--warn-at", "90,40"], { home })).toMatchObject({
      id: "day",
      limitUsd: "5",
      thresholds: [40, 90],
    });
    await taximeter(["budget", "set", "month", "20", "--scope", "provider=openai"], { home });
    expect(await taximeterJson(["budget", "list"], { home })).toMatchObject({
      budgets: [
        { id: "day" },
        { id: "month:provider:openai", scope: { dimension: "provider", value: "openai" } },
      ],
    });
    const list = await taximeter(["budget", "list"], { home });
    expect(list.out).toMatch(/^day .*blind for 1 call without a full price$/m);

    expect(
      (await taximeter(["budget", "remove", "month", "--scope", "provider=openai"], { home })).code,
    ).toBe(0);
    // What is not said stays as it was.
    expect(await taximeterJson(["budget", "set", "day", "6"], { home })).toMatchObject({
      thresholds: [40, 90],
    });
    const missing = await taximeter(["budget", "remove", "week"], { home });
    expect([missing.code, missing.err]).toEqual([1, "taximeter: There is no budget week.\n"]);
    expect(await taximeterJson(["budget", "list"], { home })).toMatchObject({ budgets: [{ id: "day" }] });
  });
});

describe("a budget's scope", () => {
  test.each([
    [["--source", "/api/chat"], { dimension: "source", value: "/api/chat" }],
    [["--feature", "reply"], { dimension: "feature", value: "reply" }],
    [["--provider", "openai"], { dimension: "provider", value: "openai" }],
    [["--model", "gpt-4o"], { dimension: "model", value: "gpt-4o" }],
    [["--scope", "model=gpt-4o"], { dimension: "model", value: "gpt-4o" }],
    [["--label", "lead=42=a"], { dimension: "label:lead", value: "42=a" }],
    [["--workspace", "/work/shop"], { dimension: "workspace", value: "/work/shop" }],
  ])("%j", async (options, scope) => {
    const home = temporaryHome();
    const set = await taximeterJson(["budget", "set", "month", "50", ...options], { home });
    expect(set).toMatchObject({ period: "month", scope });
    const removed = await taximeterJson(["budget", "remove", "month", ...options], { home });
    expect(removed).toEqual({ removed: true });
  });
  test("the folder that one is in is a workspace", async () => {
    const home = temporaryHome();
    const set = await taximeterJson(["budget", "set", "day", "1", "--workspace"], { home, cwd: "/" });
    expect(set).toMatchObject({ scope: { dimension: "workspace", value: "/" } });
  });
  test("two of them, or one that is none, are a mistake", async () => {
    const home = temporaryHome();
    for (const options of [
      ["--source", "/a", "--model", "b"],
      ["--scope", "colour=red"],
      ["--label", "lead"],
    ]) {
      expect((await taximeter(["budget", "set", "day", "1", ...options], { home })).code).toBe(2);
    }
  });
});

describe("budgets in words", () => {
  test("notices are switched off and on, and the list says so", async () => {
    const home = temporaryHome();
    const silent = await taximeter(["budget", "set", "day", "5", "--no-notices"], { home });
    expect(silent.out).toContain("It gives no notices.");
    const list = (await taximeter(["budget", "list"], { home })).out;
    expect(list).toMatch(/^day .* too early +silent$/m);
    expect(list).toContain("taximeter budget set … --notices");
    const loud = await taximeter(["budget", "set", "day", "5", "--notices"], { home });
    expect(loud.out).not.toContain("notices");
  });
  test("a report ends with them, as long as it goes until now", async () => {
    const home = await homeWith([makeReport(), makeReport(unpriced)]);
    await taximeter(["budget", "set", "month", "50"], { home });
    const line = /^month budget for everything: \$0\.00021 of \$50\.00 \(0 %\).*, blind for 1 call without/m;
    expect((await taximeter(["report"], { home })).out).toMatch(line);
    expect((await taximeter(["report", "--md"], { home })).out).toMatch(/^- month budget for everything: /m);
    expect((await taximeter(["report", "--until", "today"], { home })).out).not.toContain("budget");
    expect((await taximeter(["report", "--csv"], { home })).out).not.toContain("budget");
  });
});

describe("dashboard and backup", () => {
  test("dashboard: an address on this machine that works once", async () => {
    const home = temporaryHome();
    const { url, expiresAt } = (await taximeterJson(["dashboard"], { home })) as {
      url: string;
      expiresAt: string;
    };
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\//);
    expect(Date.parse(expiresAt)).toBeGreaterThan(Date.now());
    const enter = () => fetch(url, { redirect: "manual" });
    expect((await enter()).headers.get("set-cookie")).toMatch(
      /HttpOnly.*SameSite=Strict|SameSite=Strict.*HttpOnly/i,
    );
    expect((await enter()).headers.get("set-cookie")).toBeNull();
    const shown = await taximeter(["dashboard", "--no-open"], { home });
    expect(shown.out).toMatch(
      /^http:\/\/127\.0\.0\.1:\d+\/\S+\nThe address works once, until \d\d:\d\d:\d\d\.\n$/,
    );
  });

  test("backup: a new file beside where it was asked for, never over another", async () => {
    const home = await homeWith([makeReport()]);
    const folder = dirname(home);
    const made = await taximeter(["backup", "copy.db"], { home, cwd: folder });
    expect(made.out).toMatch(/^Copied \S+ kB to .*copy\.db\.\n$/);
    expect(statSync(join(folder, "copy.db")).size).toBeGreaterThan(10_000);
    const again = await taximeter(["backup", "copy.db"], { home, cwd: folder });
    expect(again.code).toBe(2);
    expect(again.err).toMatch(/^taximeter: .+\n$/);
  });
});

describe("top", () => {
  test("--once shows where it stands", async () => {
    const home = await homeWith([makeReport(), makeReport(unpriced)]);
    const { code, out } = await taximeter(["top", "--once"], { home });
    expect(code).toBe(0);
    expect(out).toMatch(/^\$0\.00021 {3}2 calls .*1 without a price$/m);
    expect(out).toMatch(/^\/api\/chat +1 +\$0\.00021/m);
    expect(out).toMatch(/^unattributed +1 +no price$/m);
    expect((await taximeter(["top", "--once", "--line"], { home })).out).toMatch(
      /^● \$0\.00021 today {2}2 calls/,
    );
    expect(await taximeterJson(["top", "--once"], { home })).toMatchObject({
      spend: { total: { calls: 2 } },
    });
  });

  test("without a terminal it writes a line a call, until it is told to end", async () => {
    const home = await homeWith([]);
    const running = await startCli(["top"], { home });
    await eventually(() => running.out().includes("$0.00 today, 0 calls\n"), running.err);
    const connection = await connect({ home, launches: null });
    await connection.request("setBudget", { body: { period: "day", limitUsd: "0.0004" } });
    const events = await startCli(["top", "--json"], { home });
    await eventually(() => events.out().includes('"type":"snapshot"'));
    await connection.request("ingest", { body: [makeReport()] });
    await connection.request("ingest", { body: [makeReport({ source: "/api/other" })] });
    await eventually(
      () => /\/api\/chat .*\$0\.00021\n(?:.*\n)*.*\/api\/other/.test(running.out()),
      running.out,
    );
    // Two thresholds that are crossed at a blow are told as the higher one.
    await eventually(() => /^budget day: (50|100) % is spent$/m.test(running.out()), running.out);
    running.child.kill("SIGTERM");
    expect(await running.ended).toEqual({ code: 0, signal: null });
    events.child.kill("SIGINT");
    expect((await events.ended).code).toBe(0);
    const types = events
      .out()
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line).type);
    expect(types).toEqual(expect.arrayContaining(["snapshot", "call", "spend", "budget"]));
  });

  test("outlives its daemon", async () => {
    const home = await homeWith([]);
    const running = await startCli(["top"], { home });
    await eventually(() => running.out().includes("0 calls"));
    process.kill(discoveryIn(home)?.pid ?? 0, "SIGKILL");
    const connection = await connect({ home, launches: null });
    await eventually(() =>
      connection.request("status", {}).then(
        () => true,
        () => null,
      ),
    );
    await eventually(async () => {
      await connection.request("ingest", { body: [makeReport({ source: "/api/after" })] });
      return running.out().includes("/api/after");
    });
  });
});

describe("doctor", () => {
  test("proves the whole path, and leaves the user's figures alone", async () => {
    const home = await homeWith([makeReport()]);
    const { code, out, err } = await taximeter(["doctor"], { home });
    expect([code, err]).toEqual([0, ""]);
    expect(out).toMatch(
      /^✓ self-test +a test call was seen, counted \(1,234 → 56 tokens\) and priced \(\$0\.0002187\)$/m,
    );
    expect(out).toMatch(/^! terminal/m);
    expect(await taximeterJson(["status"], { home })).toMatchObject({ storedCalls: 1 });
    expect(await taximeterJson(["doctor"], { home })).toMatchObject({
      ok: true,
      checks: expect.arrayContaining([expect.objectContaining({ name: "daemon", outcome: "ok" })]),
    });
  });

  test("says in words what is wrong", async () => {
    const home = await homeWith([]);
    chmodSync(home, 0o755);
    const { code, out, err } = await taximeter(["doctor"], { home, env: { TAXIMETER: "off" } });
    expect(code).toBe(1);
    expect(out).toMatch(/^✗ home .*open to others \(mode 755\)\.\n +Run: chmod 700/m);
    expect(out).toMatch(/^! terminal +TAXIMETER=off/m);
    expect(err).toMatch(/^taximeter: \d checks? failed: home: .+\n$/);
  });
});

describe("conversations", () => {
  test("come by what they cost, with the share of each model", async () => {
    const home = await homeWith([
      makeReport({ conversationId: "chat-7", requestModel: "gpt-4o-mini" }),
      makeReport({ conversationId: "chat-7", requestModel: "gpt-4o-mini" }),
      makeReport({ conversationId: "chat-7", requestModel: "gpt-4o" }),
      makeReport({ conversationId: "chat-8\u001b[2J", requestModel: "gpt-4o-mini" }),
      makeReport(),
    ]);
    const { out, err, code } = await taximeter(["conversations"], { home });
    expect({ err, code }).toEqual({ err: "", code: 0 });
    expect(out).toMatch(/chat-7 +3 .*gpt-4o 33 %, gpt-4o-mini 67 %/);
    expect(out).toMatch(/chat-8 \[2J +1 .*gpt-4o-mini 100 %/);
    expect(out).toMatch(/2 conversations +4 /);
    const answer = await taximeterJson(["conversations", "--limit", "1", "--json"], { home });
    expect(answer).toMatchObject({ count: 2, conversations: [{ conversationId: "chat-7", calls: 3 }] });
    const rows = await taximeterJson(["report", "--by", "conversation,model", "--json"], { home });
    expect(rows).toMatchObject({ total: { calls: 5 } });
  });
});
