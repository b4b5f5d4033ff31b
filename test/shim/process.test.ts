import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import type { CallReport } from "../../shared/call.ts";
import { type CollectingDaemon, startCollectingDaemon } from "./lib/collectingDaemon.ts";
import { beforeEachHost, type HostPlace } from "./lib/hostPlace.ts";
import { type HostOptions, type HostRun, readSpool, runHost, type ShimBundles } from "./lib/hostProcess.ts";
import { chatAnswer, type TestProvider } from "./lib/provider.ts";

let shim: ShimBundles;
let provider: TestProvider;
let folder: string;
let home: string;
let startDaemon: HostPlace["startDaemon"];
beforeEachHost((place) => {
  ({ shim, provider, folder, home, startDaemon } = place);
});

/** At the top of each host: `call(path)` posts a chat request below that path. */
const prelude = () => `
const call = (path = "", init = {}) => fetch(${JSON.stringify(provider.url)} + path + "/v1/chat/completions?key=secret", {
  method: "POST",
  headers: { authorization: "Bearer secret", "content-type": "application/json" },
  body: JSON.stringify({ model: "gpt-4o-mini", messages: [{ role: "user", content: "the prompt" }], stream: /^.st/.test(path) }),
  ...init,
});
`;

async function run(code: string, over: Partial<HostOptions> = {}): Promise<HostRun> {
  return runHost(folder, {
    code: prelude() + code,
    flags: ["--require", shim.registerCjs],
    ...over,
    env: { TAXIMETER_HOME: home, TAXIMETER_PROVIDERS: `${provider.host}=openai`, ...over.env },
  });
}

const spooled = () => readSpool(home);

/** Runs the code with the shim and without, and insists that nothing differs to the eye. */
async function runBoth(code: string, over: Partial<HostOptions> = {}): Promise<HostRun> {
  const without = await run(code, { ...over, env: { ...over.env, TAXIMETER: "off" } });
  expect(await readdir(home).catch(() => [])).toEqual([]);
  const with_ = await run(code, over);
  // The one thing that shows: where fetch itself is to blame, its stack has a frame more.
  const stderr = with_.stderr.replace(/^ +at fetch \(.*register\.[cm]js:.*\n/gm, "");
  expect({ ...with_, stderr }).toEqual(without);
  return with_;
}

const plainCall: Partial<CallReport> = {
  status: "ok",
  httpStatus: 200,
  errorType: null,
  requestModel: "gpt-4o-mini",
  stream: false,
  attempt: 1,
  retryCount: 0,
  timeToFirstTokenMs: null,
  provider: "openai",
  source: "script:host.mjs",
  sourceKind: "script",
  rawUsage: { id: chatAnswer.id, model: chatAnswer.model, usage: chatAnswer.usage },
  schemaVersion: 1,
};

describe("what is reported", () => {
  it("is one call, whole, and nothing of its content", async () => {
    await writeFile(join(folder, "package.json"), "{}");
    const { stdout } = await runBoth(
      "console.log((await (await call()).json()).choices[0].message.content);",
    );
    expect(stdout).toBe("the completion\n");
    const reports = await spooled();
    expect(reports).toHaveLength(1);
    expect(reports[0]).toMatchObject(plainCall);
    expect(reports[0]).toMatchObject({
      callId: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
      operationId: reports[0]?.callId,
      startedAt: expect.stringMatching(/^20\d\d-.*Z$/),
      endpoint: { host: provider.host, path: "/v1/chat/completions", method: "POST" },
      requestBytes: JSON.stringify({
        model: "gpt-4o-mini",
        messages: [{ role: "user", content: "the prompt" }],
        stream: false,
      }).length,
      responseBytes: JSON.stringify(chatAnswer).length,
      workspace: folder,
      callSite: { file: "host.mjs", line: expect.any(Number), function: "call" },
      requestFingerprint: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
    const text = JSON.stringify(reports);
    for (const secret of ["secret", "the prompt", "the completion", "Bearer"])
      expect(text).not.toContain(secret);
  });

  it("is every way of reading, and of not reading", async () => {
    await runBoth(`
      await (await call()).text();
      await (await call()).arrayBuffer();
      for await (const part of (await call("/stream")).body);
      for await (const part of (await call("/stream")).body) break;
      await (await call("/stream")).body.cancel();
      const unread = await call("/stream");
      console.log(unread.status);
    `);
    const reports = await spooled();
    expect(reports.map(({ status, stream }) => [status, stream])).toEqual([
      ["ok", false],
      ["ok", false],
      ["ok", true],
      ["aborted", true],
      ["aborted", true],
      ["aborted", true],
    ]);
    expect(reports[2]).toMatchObject({
      rawUsage: { id: "chatcmpl-2", usage: { prompt_tokens: 11, completion_tokens: 7 } },
      timeToFirstTokenMs: expect.any(Number),
    });
    expect(reports[3]?.rawUsage).toMatchObject({ id: "chatcmpl-2" });
    expect(reports[5]).toMatchObject({ httpStatus: 200 });
  });

  it("is ok where the host stops at the end mark", async () => {
    await run(`
      const reader = (await call("/stream")).body.getReader();
      let text = "";
      while (!text.includes("[DONE]")) text += Buffer.from((await reader.read()).value);
      await reader.cancel();
    `);
    expect(await spooled()).toMatchObject([{ status: "ok", rawUsage: { usage: { completion_tokens: 7 } } }]);
  });

  it("is an error with the provider's code, a network error with the system's, an abort", async () => {
    const { stdout } = await runBoth(
      `
      await (await call("/limited")).json();
      await (await call("/limited")).body.cancel();
      const named = (error) => error.name + ": " + error.message + " / " + error.cause?.code;
      console.log(await fetch("http://127.0.0.1:9/v1/chat/completions", { method: "POST" }).catch(named));
      console.log(await call("/hang", { signal: AbortSignal.timeout(50) }).catch(named));
      const abort = new AbortController();
      setTimeout(() => abort.abort("my reason"), 50);
      console.log(await call("/hang", { signal: abort.signal }).catch((reason) => reason));
      console.log(await call("/hang", { signal: abort.signal }).catch((reason) => reason));
      const stalled = await call("/stall", { signal: AbortSignal.timeout(80) });
      console.log(await stalled.text().catch(named));
      console.log(await call("", { headers: { "no good": "x" } }).catch(named));
    `,
      { env: { TAXIMETER_PROVIDERS: `${provider.host}=openai,127.0.0.1:9=openai` } },
    );
    expect(stdout).toContain("my reason");
    expect(
      (await spooled()).map(({ status, httpStatus, errorType }) => [status, httpStatus, errorType]),
    ).toEqual([
      ["error", 429, "rate_limit_exceeded"],
      ["error", 429, "429"],
      ["error", null, expect.stringMatching(/ECONNREFUSED|TypeError/)],
      ["aborted", null, "TimeoutError"],
      ["aborted", null, "AbortError"],
      ["aborted", 200, "TimeoutError"],
    ]);
  });

  it("is a call made with a URL object, with a Request, and through a redirect, once each", async () => {
    const { stdout } = await runBoth(`
      const body = JSON.stringify({ model: "gpt-4o-mini" });
      const url = ${JSON.stringify(provider.url)} + "/v1/chat/completions";
      await (await fetch(new URL(url), { method: "post", body })).json();
      await (await fetch(new Request(url, { method: "POST", body }))).json();
      const moved = await call("/moved");
      console.log(moved.redirected, new URL(moved.url).pathname, (await moved.json()).id);
    `);
    expect(stdout).toBe("true /v1/chat/completions chatcmpl-1\n");
    const reports = await spooled();
    expect(reports.map(({ requestModel }) => requestModel)).toEqual([
      "gpt-4o-mini",
      "gpt-4o-mini",
      "gpt-4o-mini",
    ]);
    expect(reports[2]?.endpoint?.path).toBe("/moved/v1/chat/completions");
  });

  it("is nothing of what is no AI call", async () => {
    await run(`
      const base = ${JSON.stringify(provider.url)};
      await (await fetch(base + "/v1/models")).json();
      await (await fetch(base + "/v1/files", { method: "POST", body: "x" })).json();
      await fetch("data:text/plain,hello");
      await fetch("nonsense").catch(() => {});
      await fetch().catch(() => {});
      await (await fetch(base.replace("127.0.0.1", "localhost") + "/v1/chat/completions", { method: "POST" })).json().catch(() => {});
    `);
    expect(await spooled()).toEqual([]);
    expect(await readdir(home).catch(() => [])).not.toContain("spool");
  });

  it("is any exchange with a host that the user named, if usage is found in it", async () => {
    await run(
      `
      const base = ${JSON.stringify(provider.url)};
      await (await fetch(base + "/own/usage", { method: "POST", body: '{"model":"own"}' })).json();
      await (await fetch(base + "/nothing", { method: "POST", body: "{}" })).json();
    `,
      { env: { TAXIMETER_PROVIDERS: `${provider.host}=house-model` } },
    );
    expect(await spooled()).toMatchObject([
      {
        provider: "house-model",
        requestModel: "own",
        rawUsage: { usage: { total_tokens: 5 } },
        endpoint: { path: "/own/usage" },
      },
    ]);
  });

  it("ties a retry to what it repeats", async () => {
    await run(`
      const retry = (count) => ({ headers: { "x-stainless-retry-count": String(count) } });
      await (await call("/limited", retry(0))).body.cancel();
      await (await call("/limited", retry(1))).body.cancel();
      await (await call("", retry(0))).json();
    `);
    const [first, second, other] = await spooled();
    expect(second).toMatchObject({ operationId: first?.callId, attempt: 2, retryCount: 1 });
    expect(other).toMatchObject({ operationId: other?.callId, attempt: 1, retryCount: 0 });
  });
});

describe("the end of the process", () => {
  const ends: Record<string, { code: string; exitCode: number }> = {
    "its natural end": { code: "", exitCode: 0 },
    "process.exit()": { code: "process.exit(3);", exitCode: 3 },
    "process.exit() in a promise": { code: "Promise.resolve().then(() => process.exit(4));", exitCode: 4 },
    "an uncaught exception": { code: "setTimeout(() => { throw new Error('crash'); }, 1);", exitCode: 1 },
    "an unhandled rejection": { code: "Promise.reject(new Error('crash'));", exitCode: 1 },
    "a rejection of fetch that nobody handles": { code: "fetch('http://127.0.0.1:9/');", exitCode: 1 },
  };
  for (const [name, { code, exitCode }] of Object.entries(ends)) {
    it(`loses nothing: ${name}`, async () => {
      const ended = await runBoth(`
        await (await call()).json();
        call("/hang").catch(() => {});
        const stalled = (await call("/stall")).body.getReader();
        await stalled.read();
        for (const socket of process._getActiveHandles()) socket.unref?.();
        ${code}
      `);
      expect(ended.code).toBe(exitCode);
      // What is being written when the process ends is written again: the store knows it by its id.
      const reports = new Map((await spooled()).map((report) => [report.callId, report]));
      const statuses = [...reports.values()]
        .filter(({ endpoint }) => endpoint?.host === provider.host)
        .map(({ status }) => status);
      expect(statuses.toSorted()).toEqual(["aborted", "aborted", "ok"]);
    });
  }

  it("a rejection of a metered fetch that nobody handles still ends the process", async () => {
    const ended = await run("fetch('http://127.0.0.1:9/v1/chat/completions', { method: 'POST' });", {
      env: { TAXIMETER_PROVIDERS: "127.0.0.1:9=openai" },
    });
    expect(ended.code).toBe(1);
    expect(await spooled()).toMatchObject([{ status: "error" }]);
  });

  it("a signal ends the process as ever", async () => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      const ended = await run(
        "await (await call()).json(); console.log('ready'); setInterval(() => {}, 1000);",
        {
          during: (child) => child.stdout?.once("data", () => child.kill(signal)),
        },
      );
      expect(ended).toMatchObject({ code: null, signal });
    }
  });

  it("by a signal loses little: what ended a moment before is out of the process already", async () => {
    const killed = (home_: string) =>
      run(
        `await (await call()).json(); setTimeout(() => console.log("now"), 300); setInterval(() => {}, 1e5);`,
        {
          env: { TAXIMETER_HOME: home_ },
          during: (child) => child.stdout?.once("data", () => child.kill("SIGINT")),
        },
      );
    expect(await killed(home)).toMatchObject({ code: null, signal: "SIGINT" });
    expect(await spooled()).toMatchObject([{ status: "ok" }]);
    const other = join(folder, "other");
    const daemon = await startCollectingDaemon(other);
    onTestFinished(() => daemon.close());
    expect(await killed(other)).toMatchObject({ code: null, signal: "SIGINT" });
    expect(await daemon.received(1)).toMatchObject([{ status: "ok" }]);
    expect(await readSpool(other)).toEqual([]);
  });

  it("by a signal is the host's own affair: nobody of ours listens, not even while calls are under way", async () => {
    const signals = `["SIGINT", "SIGTERM", "SIGHUP"]`;
    const listeners = await runBoth(`
      const count = () => ${signals}.map((signal) => process.listenerCount(signal)).join();
      const answer = call("/slow");
      console.log(count());
      await (await answer).json();
      console.log(count());
    `);
    expect(listeners.stdout).toBe("0,0,0\n0,0,0\n");
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      const signalled = (code: string) =>
        run(code, { during: (child) => child.stdout?.once("data", () => child.kill(signal)) });
      // A host that is busy and never comes back to its event loop.
      const busy = await signalled(
        `import { writeSync } from "node:fs"; await (await call()).json(); call("/hang"); writeSync(1, "busy"); for (;;);`,
      );
      expect(busy).toMatchObject({ code: null, signal });
      const handled = await signalled(
        `await (await call()).json(); process.once("${signal}", () => { console.log("handled"); process.exit(0); }); console.log("now"); setInterval(() => {}, 1e5);`,
      );
      expect(handled).toMatchObject({ stdout: "now\nhandled\n", code: 0, signal: null });
      // As packages do that end the process by the signal itself only where nobody else listens.
      const raised = await signalled(
        `call("/hang"); process.on("${signal}", function own() { if (process.listenerCount("${signal}") > 1) return; process.off("${signal}", own); process.kill(process.pid, "${signal}"); }); console.log("now"); setInterval(() => {}, 1e5);`,
      );
      expect(raised).toMatchObject({ code: null, signal });
      const ignored = await signalled(
        `call("/hang").catch(() => {}); process.on("${signal}", () => setTimeout(() => process.exit(7), 30)); console.log("now"); setInterval(() => {}, 1e5);`,
      );
      expect(ignored).toMatchObject({ code: 7, signal: null });
    }
  });

  it("is not put off: nothing of the shim keeps the process alive", async () => {
    const daemon = await startDaemon();
    daemon.behaviour = "hang";
    const before = Date.now();
    await run("await (await call()).json(); await new Promise((resolve) => setTimeout(resolve, 300));");
    expect(daemon.batches).toHaveLength(1);
    expect(Date.now() - before).toBeLessThan(2_000);
    expect(await spooled()).toHaveLength(1);
  });
});

describe("workers", () => {
  it.each([
    ["--require", "registerCjs"],
    ["--import", "registerMjs"],
  ] as const)("are metered with %s, to their own end", async (flag, form) => {
    await writeFile(
      join(folder, "worker.mjs"),
      `${prelude()} await (await call()).json(); if (process.argv[2] === "exit") process.exit(5);`,
    );
    await runBoth(
      `import { Worker } from "node:worker_threads";
      for (const argument of ["end", "exit"]) {
        const worker = new Worker(new URL("./worker.mjs", import.meta.url), { argv: [argument] });
        console.log(await new Promise((resolve) => worker.once("exit", resolve)));
      }
      await (await call()).json();`,
      { flags: [flag, shim[form]] },
    );
    expect(await spooled()).toHaveLength(3);
  });

  it("and child processes are started by requests, but work for nobody who can be known", async () => {
    await writeFile(join(folder, "work.mjs"), `${prelude()} await (await call()).json();`);
    await run(`
      import { fork } from "node:child_process";
      import http from "node:http";
      import { Worker } from "node:worker_threads";
      const server = http.createServer((request, response) => {
        const file = new URL("./work.mjs", import.meta.url);
        const started = request.url === "/thread" ? new Worker(file) : fork(file);
        started.once("exit", () => response.end());
      });
      server.listen(0, async () => {
        const base = "http://127.0.0.1:" + server.address().port;
        await Promise.all(["/thread", "/process"].map(async (path) => (await fetch(base + path)).text()));
        server.close();
        server.closeAllConnections();
      });
    `);
    const kinds = (await spooled()).map(({ sourceKind }) => sourceKind);
    // A thread has no script.
    expect(kinds.toSorted()).toEqual([null, "script"].toSorted());
  });
});

describe("loading", () => {
  it("TAXIMETER=off installs nothing, and so does a second time in either form", async () => {
    const code = `
      console.log(fetch.name, fetch.length, JSON.stringify(Object.getOwnPropertyDescriptor(globalThis, "fetch")));
      console.log(process.listenerCount("exit"), Object.keys(globalThis).includes("taximeter"));
      console.log(process._getActiveHandles().filter((handle) => !handle.isTTY && handle.fd === undefined && handle._type !== "pipe").length);
    `;
    await runBoth(code);
    await writeFile(
      join(folder, "once.mjs"),
      `const fetchNow = fetch; await import(${JSON.stringify(shim.registerMjs)}); console.log(fetchNow === fetch);`,
    );
    const twice = await run("await import('./once.mjs'); await (await call()).json();", {
      flags: ["--require", shim.registerCjs, "--import", shim.registerMjs],
    });
    expect(twice.stdout).toBe("true\n");
    expect(await spooled()).toHaveLength(1);
  });

  it("survives a home that can't be written, a host without a folder, and settings that make no sense", async () => {
    await writeFile(home, "a file where the folder should be");
    const ended = await run("console.log((await (await call()).json()).id);", {
      env: { TAXIMETER_PROVIDERS: `,,=,${provider.host}=openai,x` },
    });
    expect(ended).toEqual({ stdout: "chatcmpl-1\n", stderr: "", code: 0, signal: null });
  });
});

describe("where calls come from", () => {
  it("the route of the inbound request, concurrently, through timers and streams", async () => {
    const { stdout } = await runBoth(`
      import http from "node:http";
      const server = http.createServer(async (request, response) => {
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 20));
        const answer = await call("/stream");
        response.write("x");
        for await (const part of answer.body) response.write(".");
        response.end();
        setTimeout(async () => { await (await call()).json(); }, 20);
      });
      server.listen(0, async () => {
        const base = "http://127.0.0.1:" + server.address().port;
        await Promise.all(Array.from({ length: 40 }, async (_, index) => (await fetch(base + "/api/" + "abcd"[index % 4] + "/" + index + "?q=1")).text()));
        await new Promise((resolve) => setTimeout(resolve, 200));
        server.close(); server.closeAllConnections();
        console.log("done");
      });
    `);
    expect(stdout).toBe("done\n");
    const reports = await spooled();
    const counts = new Map<string, number>();
    for (const { source, sourceKind } of reports) {
      expect(sourceKind).toBe("route");
      counts.set(source ?? "", (counts.get(source ?? "") ?? 0) + 1);
    }
    expect(Object.fromEntries(counts)).toEqual({
      "/api/a/:id": 20,
      "/api/b/:id": 20,
      "/api/c/:id": 20,
      "/api/d/:id": 20,
    });
  });

  it.each([
    ["an agent's steps", `{ role: "tool", tool_call_id: "call_1", content: "7" }`, ["/agents", "/agents"]],
    ["a queue's work", `{ role: "user", content: "another's" }`, ["/agents", "script:host.mjs"]],
  ])("%s after the answer, when others ask too", async (_, next, sources) => {
    await run(`
      import { createServer } from "node:http";
      import { setTimeout as delay } from "node:timers/promises";
      const work = async () => {
        const messages = [{ role: "user", content: "the prompt" }];
        for (let step = 0; step < 2; step += 1) {
          await delay(50);
          const response = await call("", { body: JSON.stringify({ model: "gpt-4o-mini", messages }) });
          await response.text();
          messages.push(${next});
        }
      };
      const server = createServer((request, response) => {
        response.end();
        if (request.url === "/agents") work().then(() => server.close());
      });
      server.listen(0, async () => {
        for (const path of ["agents", "chat"]) {
          await fetch("http://127.0.0.1:" + server.address().port + "/" + path, { method: "POST" });
        }
        server.closeIdleConnections();
      });`);
    expect((await spooled()).map(({ source }) => source)).toEqual(sources);
  });

  it("the process's own source, and the workspace and branch", async () => {
    await mkdir(join(folder, ".git", "refs", "heads"), { recursive: true });
    await writeFile(join(folder, ".git", "HEAD"), "ref: refs/heads/feature/x\n");
    await writeFile(join(folder, ".git", "refs", "heads", "feature"), "").catch(() => {});
    await writeFile(
      join(folder, ".git", "packed-refs"),
      `# pack-refs\n${"a".repeat(40)} refs/heads/feature/x\n`,
    );
    await run("await (await call()).json();", { env: { TAXIMETER_SOURCE: "background_job:nightly" } });
    expect(await spooled()).toMatchObject([
      {
        source: "background_job:nightly",
        sourceKind: "job",
        workspace: folder,
        gitBranch: "feature/x",
        gitCommit: "a".repeat(40),
      },
    ]);
  });
});

describe("the API", () => {
  const apiCode = (api: string) => `
    import * as taximeter from ${JSON.stringify(api)};
    const { withSource, withJob, withAction, withAttributes, startCall, metered, flush, stats } = taximeter;
    const one = async () => { await new Promise((resolve) => setTimeout(resolve, 1)); return (await (await call()).json()).id; };
    console.log(await withSource("checkout", one));
    console.log(await withJob("mail", () => withAction("ignored", one)));
    console.log(await withAction("act", one));
    console.log(await withAttributes({ feature: "f", conversationId: "c", messageId: "m", tenant: "acme" }, one));
    const started = startCall({ provider: "exa", operation: "search", source: "custom", requestBytes: 40 });
    started.complete({ usage: { requests: 1 }, costUsd: "0.005", retryCount: 2, responseBytes: 900 });
    started.fail(new Error("too late"));
    startCall({ provider: "exa" }).fail(new TypeError("private"));
    const twice = metered({
      provider: "native",
      model: "n1",
      usage: (result) => ({ inputTokens: result }),
      result: (result) => ({ retryCount: 1, responseBytes: result * 10 }),
    }, async (x) => x * 2);
    console.log(await twice(4), metered({ provider: "native" }, (x) => x)(5));
    console.log(await metered({ provider: "native" }, () => Promise.reject(new Error("mine")))().catch((error) => error.message));
    console.log(new taximeter.BudgetExceededError("over", { budgetId: "day", limitUsd: "1" }).name, new taximeter.CircuitOpenError("open", { source: null }).name);
    await flush();
    if (process.env.TAXIMETER !== "off") {
      const { seen, sent, spooled, dropped, queued, inFlight } = stats();
      if (seen !== 4 || sent + spooled !== 9 || dropped + queued + inFlight !== 0) console.log(stats());
    }
  `;
  it("attributes calls and takes those that the shim can't see; without a preload all of it is a no-op", async () => {
    await runBoth(apiCode(shim.apiMjs));
    const reports = await spooled();
    expect(reports.map(({ source }) => source)).toEqual([
      "checkout",
      "background_job:mail",
      "action:act",
      "script:host.mjs",
      "custom",
      "script:host.mjs",
      "script:host.mjs",
      "script:host.mjs",
      "script:host.mjs",
    ]);
    expect(reports[3]).toMatchObject({
      feature: "f",
      conversationId: "c",
      messageId: "m",
      attributes: { tenant: "acme" },
    });
    expect(reports[4]).toMatchObject({
      provider: "exa",
      operation: "search",
      status: "ok",
      usage: { requests: 1 },
      costUsd: "0.005",
      attempt: 1,
      retryCount: 2,
      requestBytes: 40,
      responseBytes: 900,
    });
    expect(reports[5]).toMatchObject({ status: "error", errorType: "TypeError" });
    expect(reports[6]).toMatchObject({
      provider: "native",
      requestModel: "n1",
      usage: { inputTokens: 8 },
      retryCount: 1,
      responseBytes: 80,
    });
    expect(reports[8]).toMatchObject({ status: "error", errorType: "Error" });
    expect(JSON.stringify(reports)).not.toContain("private");
  });

  it("flush waits until the daemon has it", async () => {
    const daemon = await startDaemon();
    await run(
      `import { flush } from ${JSON.stringify(shim.apiMjs)}; await (await call()).json(); await flush();`,
    );
    expect(daemon.reports).toHaveLength(1);
    expect(await spooled()).toEqual([]);
  });
});

describe("delivery", () => {
  it("goes to the daemon in batches, over one proved connection, while the host runs", async () => {
    const daemon = await startDaemon();
    await run(`
      for (let index = 0; index < 10; index += 1) await (await call()).json();
      await new Promise((resolve) => setTimeout(resolve, 400));
      await (await call()).json();
      await new Promise((resolve) => setTimeout(resolve, 400));
    `);
    expect(daemon.reports).toHaveLength(11);
    expect(daemon.batches.length).toBeLessThanOrEqual(4);
    expect(new Set(daemon.batches.map(({ remotePort }) => remotePort)).size).toBe(1);
    expect(daemon.challenges).toBe(1);
    expect(new Set(daemon.batches.map(({ headers }) => headers["x-taximeter-run"]))).toEqual(
      new Set([daemon.reports[0]?.runId]),
    );
    expect(await spooled()).toEqual([]);
  });

  it("tells of a long call while it runs, and of its end", async () => {
    const daemon = await startDaemon();
    await run(
      "await (await call('/slow')).json(); await new Promise((resolve) => setTimeout(resolve, 300));",
    );
    const [pending, final] = daemon.reports;
    expect(daemon.reports).toHaveLength(2);
    expect(pending).toMatchObject({ status: "pending", durationMs: null, requestModel: "gpt-4o-mini" });
    expect(final).toMatchObject({ ...plainCall, callId: pending?.callId });
  });

  it("goes to the spool where the daemon fails, and straight again to the next one", async () => {
    const daemon = await startDaemon();
    daemon.behaviour = { status: 500 };
    const next: { daemon?: CollectingDaemon } = {};
    await run(
      `await (await call()).json();
       await new Promise((resolve) => setTimeout(resolve, 400));
       console.log("failed");
       await new Promise((resolve) => setTimeout(resolve, 600));
       await (await call()).json();
       await new Promise((resolve) => setTimeout(resolve, 1000));`,
      {
        during: (child) =>
          child.stdout?.once("data", async () => {
            next.daemon = await startCollectingDaemon(home);
          }),
      },
    );
    const delivered = next.daemon?.reports ?? [];
    await next.daemon?.close();
    expect(delivered).toHaveLength(1);
    expect(await spooled()).toHaveLength(1);
  });

  it("gives its token to nobody who has not proved that he knows it", async () => {
    const daemon = await startDaemon();
    daemon.proves = false;
    await run("await (await call()).json(); await new Promise((resolve) => setTimeout(resolve, 300));");
    expect(daemon.challenges).toBe(1);
    expect(daemon.batches).toEqual([]);
    expect(await spooled()).toHaveLength(1);
  });
});
