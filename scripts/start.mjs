/**
 * `npm start`: from a fresh clone to a running meter. Sets up and builds, starts a daemon, runs examples/shop with the
 * shim preloaded against a stand-in on this machine, and shows the ticker, a report, and the dashboard's address. Goes on
 * until Ctrl-C; with `-- --once`, or where there is no terminal, it ends by itself.
 *
 * Everything it starts it also stops, and its figures are its own: they lie in a folder under build/, never among those of
 * the person who runs it.
 */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { join, relative } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs, promisify } from "node:util";
import { buildBundles } from "./lib/build.mjs";
import { elapsed } from "./lib/commands.mjs";
import { projectDirectory } from "./lib/project.mjs";
import { ensureDependencies } from "./lib/setup.mjs";

const { values } = parseArgs({ options: { once: { type: "boolean" } } });
const interactive = process.stdout.isTTY === true && !values.once;

/** Enough for every kind of visit three times. */
const FIRST_VISITS = 24;
const LATER_PAUSE_MS = 2_500;
const ARRIVAL_TIMEOUT_MS = 10_000;

const coloured = process.stdout.isTTY === true && !process.env.NO_COLOR;
const faint = (text) => (coloured ? `\u001b[2m${text}\u001b[22m` : text);
const strong = (text) => (coloured ? `\u001b[1m${text}\u001b[22m` : text);
const good = coloured ? "\u001b[32m✓\u001b[39m" : "✓";

const home = join(projectDirectory, "build", `demo-home-${process.pid}`);
const leaving = new AbortController();
/** What is to be undone at the end, last first. */
const undoing = [];
let exitCode = 0;

try {
  await run();
} catch (error) {
  if (!leaving.signal.aborted) {
    console.error(`\nnpm start: ${error.message}`);
    exitCode = 1;
  }
}
for (const undo of undoing.reverse()) await undo().catch(() => {});
process.exit(exitCode);

async function run() {
  console.log(strong("\nTaximeter: a taximeter for AI calls\n"));
  await step("dependencies", async () => ((await ensureDependencies()) ? "installed" : "up to date"));
  await step("build", async () => {
    await buildBundles();
    return "in dist/";
  });
  leaveOnSignals();

  const node = projectNode();
  const env = demoEnvironment();
  const cli = (...args) => [node, [join(projectDirectory, "dist/cli.mjs"), ...args]];
  const show = async (...args) => {
    const child = spawn(...cli(...args), { env, stdio: ["ignore", "inherit", "inherit"] });
    const [code] = await once(child, "exit");
    if (code !== 0) throw new Error(`taximeter ${args.join(" ")} failed`);
  };
  const read = async (...args) => (await promisify(execFile)(...cli(...args), { env })).stdout;

  await step("daemon", async () => {
    await mkdir(home, { recursive: true, mode: 0o700 });
    undoing.push(() => rm(home, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }));
    undoing.push(() => read("stop"));
    await read("start");
    const { pid } = JSON.parse(await read("status", "--json"));
    return `process ${pid}; its figures lie apart from yours, in ${relative(projectDirectory, home)}`;
  });

  const { startStandin } = await import("../examples/standin/standin.mjs");
  const { drive } = await import("../examples/shop/traffic.mjs");
  const standin = await startStandin({ latencyMs: 120 });
  undoing.push(() => standin.close());

  let shopUrl = "";
  await step("examples/shop", async () => {
    const shop = spawn(...cli("run", "--", node, join(projectDirectory, "examples/shop/server.mjs")), {
      env: { ...env, ...standin.environment, TAXIMETER_PROVIDERS: standin.providers, PORT: "0" },
      stdio: ["ignore", "pipe", "inherit"],
    });
    undoing.push(() => end(shop));
    shopUrl = await addressOf(shop);
    return `${shopUrl}, with the shim preloaded; a stand-in on this machine answers its AI calls`;
  });

  console.log(`\n${faint("visitors arrive; this is what `taximeter top` shows:")}\n`);
  const ticker = spawn(...cli("top"), { env, stdio: ["ignore", "inherit", "inherit"] });
  undoing.push(() => end(ticker));
  const everyMs = interactive ? 350 : 100;
  const failed = [];
  await drive(shopUrl, {
    count: FIRST_VISITS,
    everyMs,
    signal: leaving.signal,
    onVisit: (visit) => {
      if (visit.status >= 400) failed.push(`${visit.path} answered ${visit.status}`);
    },
  });
  const metered = await arrival(read, () => standin.exchanges.length);
  await end(ticker);
  if (leaving.signal.aborted) return;

  console.log("");
  await show("report", "--by", "source");
  console.log("");
  await show("report", "--by", "model");
  console.log(`\nThe stand-in answered ${standin.exchanges.length} calls; ${metered} were metered.`);
  if (failed.length > 0) throw new Error(failed.join(", "));
  if (metered === 0 || metered !== standin.exchanges.length) {
    throw new Error("the meter and the stand-in do not agree");
  }

  console.log(`\n${strong("Dashboard")}`);
  await show("dashboard", "--no-open");
  if (!interactive)
    console.log(faint("Everything ends here; in a terminal, without --once, it keeps running."));
  if (!interactive || leaving.signal.aborted) return;

  const again = `TAXIMETER_HOME=${relative(process.cwd(), home)} node dist/cli.mjs dashboard`;
  console.log(faint(`Again, from another terminal: ${again}`));
  console.log(`\n${faint("Visitors keep coming. Ctrl-C ends everything.")}`);
  const line = spawn(...cli("top", "--line"), { env, stdio: ["ignore", "inherit", "inherit"] });
  undoing.push(() => end(line));
  await drive(shopUrl, { count: Number.POSITIVE_INFINITY, everyMs: LATER_PAUSE_MS, signal: leaving.signal });
}

async function step(name, work) {
  const startedAt = Date.now();
  console.log(`▸ ${name}`);
  const result = await work();
  console.log(`  ${good} ${result} ${faint(`(${elapsed(startedAt)})`)}`);
}

/** From here on a signal means: put everything away, then end. Before, there was only a child to be ended. */
function leaveOnSignals() {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.removeAllListeners(signal);
    process.on(signal, () => leaving.abort());
  }
}

/** The project's own Node, newer than the oldest that Taximeter runs on: some of the SDKs want it. */
function projectNode() {
  const file = join(
    projectDirectory,
    "node_modules/node/bin",
    process.platform === "win32" ? "node.exe" : "node",
  );
  return existsSync(file) ? file : process.execPath;
}

/** Without what a metered terminal, or the settings of the developer's own Taximeter, would bring in. */
function demoEnvironment() {
  const foreign = /^(TAXIMETER|NODE_OPTIONS$)/;
  const kept = Object.entries(process.env).filter(([name]) => !foreign.test(name));
  return { ...Object.fromEntries(kept), TAXIMETER_HOME: home };
}

async function addressOf(shop) {
  for await (const line of createInterface({ input: shop.stdout })) {
    const url = /http:\S+/.exec(line)?.[0];
    if (url !== undefined) return url;
  }
  throw new Error("the shop did not start");
}

/** Waits for every call to have come in; resolves with how many have. */
async function arrival(read, expected) {
  const deadlineMs = Date.now() + ARRIVAL_TIMEOUT_MS;
  let metered = 0;
  let answered = -1;
  while (Date.now() < deadlineMs && !leaving.signal.aborted) {
    // What began behind a visit (a job, the outbox) still makes calls: two looks alike, and all is done.
    const before = answered;
    answered = expected();
    metered = JSON.parse(await read("report", "--since", "all", "--json")).total.calls;
    if (metered === answered && answered === before) break;
    await sleep(400);
  }
  return metered;
}

async function end(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), 5_000);
  await ended;
  clearTimeout(timer);
}
