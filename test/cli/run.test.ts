import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { answerTokens, countTokens, type Standin, startStandin } from "../../examples/standin/standin.mjs";
import type { CallsPage } from "../../shared/callPages.ts";
import { eventually, temporaryHome } from "../daemon/realDaemon.ts";
import { startCli, taximeter, taximeterJson } from "./installation.ts";

const node = process.execPath;
const print = (expression: string) => [node, "-p", expression];

describe("the command", () => {
  test("keeps its output, its arguments and its exit code", async () => {
    const home = temporaryHome();
    const script =
      "console.log(JSON.stringify(process.argv.slice(1))); console.error('to stderr'); process.exit(7)";
    const { code, out, err } = await taximeter(["run", "--", node, "-e", script, "--", "--by", "a b"], {
      home,
    });
    expect(code).toBe(7);
    expect(JSON.parse(out)).toEqual(["--by", "a b"]);
    expect(err).toBe("to stderr\n");
  });

  test("is ended by a signal, and we by the same", async () => {
    const home = temporaryHome();
    const running = await startCli(["run", node, "-e", "console.log('up'); setInterval(() => {}, 1000)"], {
      home,
    });
    await eventually(() => running.out() === "up\n");
    running.child.kill("SIGTERM");
    expect(await running.ended).toEqual({ code: null, signal: "SIGTERM" });
  });

  test("answers a signal as it likes", async () => {
    const home = temporaryHome();
    const script =
      "process.on('SIGINT', () => process.exit(3)); console.log('up'); setInterval(() => {}, 1000)";
    const running = await startCli(["run", node, "-e", script], { home });
    await eventually(() => running.out() === "up\n");
    running.child.kill("SIGINT");
    expect(await running.ended).toEqual({ code: 3, signal: null });
  });

  test("that does not exist is told in one line", async () => {
    const { code, err } = await taximeter(["run", "--", "no-such-command-here"], { home: temporaryHome() });
    expect([code, err]).toEqual([1, "taximeter: no-such-command-here: no such command.\n"]);
  });

  test("finds NODE_OPTIONS appended to, and the rest of its environment", async () => {
    const home = temporaryHome();
    const own = "--max-http-header-size=20000 --no-deprecation";
    const expression = "JSON.stringify({...process.env, http: require('http').maxHeaderSize})";
    const { out } = await taximeter(["run", "--source", "nightly", "--", ...print(expression)], {
      home,
      env: { NODE_OPTIONS: own, MARK: "kept" },
      cwd: import.meta.dirname,
    });
    const seen = JSON.parse(out);
    expect(seen.NODE_OPTIONS).toBe(`${own} --require="${join(home, "shim", "register.cjs")}"`);
    expect(seen).toMatchObject({
      http: 20_000,
      MARK: "kept",
      TAXIMETER_HOME: home,
      TAXIMETER_SOURCE: "nightly",
      // The nearest folder above with a .git, else the command's own.
      TAXIMETER_WORKSPACE: expect.stringMatching(/./),
    });
  });

  // In /proc there is "no such place" for a folder though the one above it is there.
  test.each(["within a file", ...(process.platform === "linux" ? ["/proc/nothing"] : [])])(
    "runs untouched where the home cannot be used (%s), and says so in one line each",
    async (where) => {
      const file = where.startsWith("/") ? where : `${temporaryHome()}-file`;
      if (file !== where) {
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, "");
      }
      const script =
        "setTimeout(() => { console.log(process.env.NODE_OPTIONS ?? 'none'); process.exit(4) }, 800)";
      const { code, out, err } = await taximeter(["run", node, "-e", script], { home: join(file, "home") });
      expect([code, out]).toEqual([4, "none\n"]);
      for (const line of err.trim().split("\n"))
        expect(line).toMatch(/^taximeter: the command runs unmetered: /);
    },
  );
});

describe("its calls", () => {
  let standin: Standin;
  beforeAll(async () => {
    standin = await startStandin();
  });
  afterAll(() => standin.close());

  const prompt = "What does a call cost?";
  const app = (url: string) => `
    const response = await fetch(${JSON.stringify(`${url}/chat/completions`)}, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ model: "gpt-4o-mini", messages: [{ role: "user", content: ${JSON.stringify(prompt)} }] }),
    });
    await response.json();
  `;

  test.each(["state", "a home with spaces", 'a "quoted" \\ home'])(
    "reach the daemon from %s",
    async (name) => {
      const home = join(temporaryHome(), name);
      const folder = dirname(home);
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, "app.mjs"), app(standin.openai.url));
      const env = { TAXIMETER_PROVIDERS: standin.providers };
      const run = await taximeter(["run", "--", node, "app.mjs"], { home, env, cwd: folder });
      expect([run.code, run.out, run.err]).toEqual([0, "", ""]);
      try {
        const input = countTokens(prompt);
        await eventually(async () => {
          const { calls } = (await taximeterJson(["calls"], { home })) as CallsPage;
          return calls.length > 0;
        });
        expect(await taximeterJson(["calls"], { home })).toMatchObject({
          calls: [
            {
              provider: "openai",
              status: "ok",
              requestModel: "gpt-4o-mini",
              usage: { inputTokens: input, outputTokens: answerTokens(input) },
              source: "script:app.mjs",
              workspace: folder,
            },
          ],
        });
      } finally {
        await taximeter(["stop"], { home });
      }
    },
  );

  test("are none with TAXIMETER=off", async () => {
    const home = temporaryHome();
    mkdirSync(home, { recursive: true, mode: 0o700 });
    writeFileSync(join(home, "app.mjs"), app(standin.openai.url));
    const env = { TAXIMETER_PROVIDERS: standin.providers, TAXIMETER: "off" };
    expect((await taximeter(["run", node, join(home, "app.mjs")], { home, env })).code).toBe(0);
    expect(await taximeterJson(["calls"], { home })).toEqual({ calls: [], nextCursor: null });
  });
});

test("the stub stays where it is and names this installation", async () => {
  const home = temporaryHome();
  await taximeter(["run", ...print("1")], { home });
  const stub = readFileSync(join(home, "shim", "register.cjs"), "utf8");
  expect(stub).toMatch(/require\(".*register\.cjs"\)/);
});
