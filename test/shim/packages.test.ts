import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { buildShim, readSpool, runHost, type ShimBundles } from "./lib/hostProcess.ts";
import { startProvider, type TestProvider } from "./lib/provider.ts";

let shim: ShimBundles;
let provider: TestProvider;
let folder: string;

beforeAll(async () => {
  shim = await buildShim();
  provider = await startProvider();
});
afterAll(async () => {
  await provider.close();
  await shim.remove();
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "taximeter-packages-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), text);
}

/** A project with one dependency, whose only file this is. */
async function writePackage(name: string, code: string, manifest: object = {}): Promise<void> {
  const main = "index.js";
  await write("package.json", JSON.stringify({ name: "app", dependencies: { [name]: "1.0.0" } }));
  await write(`node_modules/${name}/package.json`, JSON.stringify({ name, main, ...manifest }));
  await write(`node_modules/${name}/${main}`, code);
}

const call = () => `
const call = () => fetch(${JSON.stringify(`${provider.url}/v1/chat/completions`)}, {
  method: "POST",
  headers: { "content-type": "application/json" },
  body: JSON.stringify({ model: "gpt-4o-mini", messages: [] }),
}).then((response) => response.text());
`;

/** What a host printed, the same as without the shim, and the sources of its calls. */
async function run(code: string, file = "host.cjs"): Promise<{ stdout: string; sources: unknown[] }> {
  const host = { code: call() + code, file };
  const env = { TAXIMETER_HOME: join(folder, "home"), TAXIMETER_PROVIDERS: `${provider.host}=openai` };
  const without = await runHost(folder, { ...host, flags: [] });
  const metered = await runHost(folder, { ...host, flags: ["--require", shim.registerCjs], env });
  expect(metered).toEqual(without);
  expect(metered).toMatchObject({ code: 0, stderr: "" });
  const reports = await readSpool(env.TAXIMETER_HOME);
  return { stdout: metered.stdout, sources: reports.map(({ source }) => source) };
}

describe("a package that is not as it is known", () => {
  const useOf = (name: string) => `
    let made;
    try {
      made = require("${name}");
      console.log(typeof made);
    } catch (error) {
      console.log(error.message);
    }
    call();`;
  it.each([
    ["null", "module.exports = null;"],
    ["a text", "module.exports = 'bullmq';"],
    ["nothing known", "exports.Queue = class {};"],
    ["other classes", "exports.Worker = class { process() {} };"],
    [
      "frozen",
      "class Worker { callProcessJob() {} }; Object.freeze(Worker.prototype); exports.Worker = Worker;",
    ],
    [
      "a property that throws",
      "Object.defineProperty(exports, 'Worker', { get() { throw new Error('no'); } });",
    ],
    ["a proxy that throws", "module.exports = new Proxy({}, { get() { throw new Error('no'); } });"],
    ["a method that is none", "exports.Worker = class {}; exports.Worker.prototype.callProcessJob = 7;"],
    ["an error of its own", "throw new Error('not for this machine');"],
  ])("%s: is as it would be, and its calls are the script's", async (_, code) => {
    await writePackage("bullmq", code);
    expect((await run(useOf("bullmq"))).sources).toEqual(["script:host.cjs"]);
  });

  it.each(["name", "fn"])("a job whose %s can't be read runs all the same", async (property) => {
    await writePackage(
      "croner",
      `exports.Cron = class {
        get ${property}() { throw new Error("no"); }
        async _trigger(run) { return run(); }
      };`,
    );
    const { sources } = await run(`new (require("croner").Cron)()._trigger(call);`);
    expect(sources).toEqual(["script:host.cjs"]);
  });
});

describe("a queue that is not as it is known runs what it is given all the same", () => {
  it.each([
    ["async", "exports.queue = (work) => { work(1); return null; };", "queue(console.log)"],
    [
      "async",
      `exports.queue = (work) => ({
        _tasks: new Proxy([], { getPrototypeOf() { throw new Error("no"); } }),
        push: work,
      });`,
      "queue(console.log).push(2)",
    ],
    [
      "async",
      `class Tasks { push(item) { this.item = item; } shift() { return this.item; } }
       exports.queue = (work) => {
         const _tasks = new Tasks();
         return {
           _tasks,
           push(data) {
             _tasks.push(Object.freeze({ data, callback: work }));
             work(_tasks.shift().data);
           },
         };
       };`,
      "queue(console.log).push(3)",
    ],
    ["fastq", "exports.promise = (work) => Object.freeze({ push: work });", "promise(console.log).push({})"],
    [
      "p-queue",
      "module.exports = class { add(job) { return job?.(); } };",
      "prototype.add.call(null, undefined)",
    ],
    ["bottleneck", "exports.default = { prototype: null };", "default?.schedule?.()"],
  ])("%s, %s", async (name, code, use) => {
    await writePackage(name, code);
    const { sources } = await run(`require("${name}").${use}; call();`);
    expect(sources).toEqual(["script:host.cjs"]);
  });
});

describe("a package as it is known", () => {
  const cron = `class Cron {
    constructor(name) { this.name = name; }
    async _trigger(...run) { return run[0](...run); }
  }`;

  it("keeps the names, the lengths and the errors of what is wrapped, and is wrapped once", async () => {
    await writePackage("croner", `${cron}; exports.Cron = Cron;`);
    const { stdout, sources } = await run(`
      const { Cron } = require("croner");
      require("croner");
      const { _trigger } = Cron.prototype;
      console.log(_trigger.name, _trigger.length, Object.keys(Cron.prototype));
      const job = new Cron("SEND");
      job._trigger(() => { throw new TypeError("the job's own"); }).catch((error) => {
        console.log(error.message, error instanceof TypeError);
        return job._trigger(call, "more");
      });`);
    expect(stdout).toContain("the job's own true");
    expect(sources).toEqual(["background_job:SEND"]);
  });

  it("is met as an ES module where the host imports it, in its turn", async () => {
    await writePackage(
      "croner",
      `import { settings } from "./settings.js";
       console.log("croner runs", settings, import.meta.url.endsWith("index.js"));
       await null;
       export ${cron}
       export { Cron as default };
       //# sourceMappingURL=index.js.map`,
      { type: "module" },
    );
    await write("node_modules/croner/settings.js", `export const settings = globalThis.first;`);
    await write("first.mjs", `globalThis.first = "after what came first";`);
    const { stdout, sources } = await run(
      `import "./first.mjs";
       import Default, { Cron } from "croner";
       import * as all from "croner";
       console.log(Default === Cron, Object.keys(all), new Error("here").stack.split("\\n")[1].includes("host.mjs"));
       await new Cron("SEND")._trigger(call);`,
      "host.mjs",
    );
    expect(stdout).toContain("croner runs after what came first true\ntrue");
    expect(sources).toEqual(["background_job:SEND"]);
  });
});

it("a queue that another package brings along is met where that one is named", async () => {
  await writePackage(
    "p-queue",
    `exports.default = class PQueue {
      jobs = [];
      add(job) {
        this.jobs.push(job);
        if (this.jobs.length === 2) for (const each of this.jobs) each();
      }
    };`,
  );
  await write("package.json", JSON.stringify({ name: "app", dependencies: { "@langchain/core": "1.0.0" } }));
  const { sources } = await run(`
    const { createServer, get } = require("node:http");
    const { default: PQueue } = require("p-queue");
    const queue = new PQueue();
    const server = createServer((request, response) => {
      queue.add(call);
      response.end();
    }).listen(0, () => {
      const ask = (path, then) => get({ port: server.address().port, path, agent: false }, (answer) => answer.resume().on("end", then));
      ask("/first", () => ask("/second", () => server.close()));
    });`);
  expect(sources.toSorted()).toEqual(["/first", "/second"]);
});

it("a project that names no such package has nothing of its loaders touched", async () => {
  await write("package.json", JSON.stringify({ name: "app", dependencies: { openai: "1.0.0" } }));
  const { stdout } = await run(`
    const { channel } = require("node:diagnostics_channel");
    const { _load, register } = require("node:module");
    console.log(channel("tracing:module.require:end").hasSubscribers, String(_load).length, register.name);
    console.log(Symbol.for("taximeter.packages") in globalThis);
    call();`);
  expect(stdout).toMatch(/^false \d+ register\nfalse\n$/);
});
