/**
 * The daemon. Composition root: `node daemon.mjs [--idle-ms N] [--foreground]`, its home by `TAXIMETER_HOME`. Exit code 0
 * where it served, or another daemon serves; 1 where it cannot start, with one line on standard error that says why.
 */
import { homedir } from "node:os";
import { resolve as resolvePath } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { stateDirectory } from "../shared/home.ts";
import type { Range } from "../shared/range.ts";
import { createBudgetKeeper } from "./budgets/budgetKeeper.ts";
import { createCallSites } from "./callSites/callSites.ts";
import { createSourceMaps } from "./callSites/sourceMaps.ts";
import { createApp } from "./http/app.ts";
import { createBrowserSessions } from "./http/browserSessions.ts";
import { dashboardFiles } from "./http/dashboardFiles.ts";
import { listen } from "./http/listener.ts";
import { readSeries } from "./http/readSeries.ts";
import { resolveQueryRange } from "./http/resolveQueryRange.ts";
import { createIngest } from "./ingest/ingest.ts";
import { createSpool } from "./ingest/spool.ts";
import { startSweep } from "./ingest/sweep.ts";
import { openConfigFile } from "./lifecycle/config.ts";
import { developerName, developerSurroundings } from "./lifecycle/developer.ts";
import {
  drawDiscovery,
  isStillOurs,
  publishDiscovery,
  withdrawDiscovery,
} from "./lifecycle/discoveryFile.ts";
import { homeAt, prepareHome, StartFailure } from "./lifecycle/home.ts";
import { watchIdle } from "./lifecycle/idle.ts";
import { openLog } from "./lifecycle/log.ts";
import { daemonOptions } from "./lifecycle/options.ts";
import { createRuns, isProcessAlive } from "./lifecycle/runs.ts";
import { daemonStatus } from "./lifecycle/status.ts";
import { takeLock } from "./lifecycle/takeLock.ts";
import { ownVersion } from "./lifecycle/version.ts";
import { createLiveHub } from "./live/hub.ts";
import { createSpanIntake } from "./otlp/spanIntake.ts";
import { createSpanRows } from "./otlp/spanRows.ts";
import type { PriceBook } from "./pricing/priceBook.ts";
import { createBreakerKeeper } from "./protection/breakerKeeper.ts";
import { createCircuitKeeper } from "./protection/circuitKeeper.ts";
import { protectionFiles } from "./protection/protectionFiles.ts";
import { createProtectionKeeper } from "./protection/protectionKeeper.ts";
import { worstPricesOf } from "./protection/worstPrices.ts";
import { createReprice } from "./repricing/reprice.ts";
import { StoreTooNewError, StoreUnavailableError } from "./store/store.ts";
import { openStore } from "./store/workerStore.ts";
import { budgetPeriodBounds } from "./time/range.ts";
import { interpret } from "./usage/interpret.ts";

/** Longest wait for what was left behind before the daemon listens; the rest comes while it serves. */
const SPOOL_WAIT_MS = 3_000;
const REQUEST_GRACE_MS = 5_000;
const LEAVE_WITHIN_MS = 15_000;

const bundled = import.meta.url.endsWith(".mjs");
const storeWorker = new URL(bundled ? "./store-worker.mjs" : "./store/worker.ts", import.meta.url);
const webview = new URL(bundled ? "./webview/" : "../dist/webview/", import.meta.url);

async function main() {
  // Whatever is made from here on is for this user alone.
  process.umask(0o077);
  const options = daemonOptions(process.argv.slice(2), process.env);
  const { env, platform } = process;
  const home = homeAt(resolvePath(stateDirectory({ env, platform, homeDirectory: homedir() })));
  const now = () => new Date();
  const nowMs = () => Date.now();
  const log = openLog(
    home.logFile,
    now,
    options.foreground ? (entry) => process.stderr.write(entry) : undefined,
  );
  const note = (line: string) => log.write(line);

  await prepareHome(home);
  const failStart = (error: unknown): never => {
    const { message } = startFailure(error);
    note(`did not start: ${message}`);
    throw new StartFailure(message);
  };

  const lock = await takeLock(home, options.lockWaitMs).catch(failStart);
  if (lock === "another daemon") return;
  const { release } = lock;
  const storeWarnings: string[] = [];
  const store = await openStore({
    file: home.storeFile,
    workerUrl: storeWorker,
    onWarning(warning) {
      note(`store: ${warning}`);
      storeWarnings.push(warning);
    },
  }).catch(failStart);

  const configFile = openConfigFile(home.configFile);
  const config = await configFile.read();
  let { recording } = config;
  const version = ownVersion();
  const identity = drawDiscovery(version);
  const developer = developerName(developerSurroundings(config.developer));
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  const startedAt = now().toISOString();
  let port = 0;
  let leaving = false;
  const runs = createRuns({ nowMs, isAlive: isProcessAlive });
  const resolve = (range: Range) => resolveQueryRange(range, nowMs(), timeZone);

  let loading: Promise<PriceBook> | null = null;
  const prices = () => {
    loading ??= import("./pricing/priceBook.ts").then(({ openPriceBook }) =>
      openPriceBook({
        pricesFile: home.pricesFile,
        catalogueFile: home.catalogueFile,
        now: nowMs,
        onChanged() {
          live.statusChanged();
          protection.pricesChanged();
        },
      }),
    );
    return loading;
  };
  const pricer = async () => (await prices()).pricer;

  const live = createLiveHub({
    store,
    resolve,
    budgets: () => budgets.states(),
    status: () => status(),
    log: note,
  });
  const budgets = createBudgetKeeper({
    store,
    resolve,
    periodNow(period) {
      const { fromMs, toMs } = budgetPeriodBounds(period, nowMs(), timeZone);
      return { start: new Date(fromMs).toISOString(), end: new Date(toMs).toISOString() };
    },
    onChanged(states, crossed) {
      live.budgetsChanged(states, crossed);
      protection.changed();
    },
    log: note,
  });
  const circuits = createCircuitKeeper(nowMs);
  const breakers = createBreakerKeeper({
    initial: config.breakers,
    keep: configFile.setBreakers,
    circuits,
    onChanged() {
      protection.changed();
      live.statusChanged();
    },
  });
  const protection = createProtectionKeeper({
    files: protectionFiles({ stateFile: home.protectionFile, pricesFile: home.protectionPricesFile }),
    budgets: () => budgets.states(),
    breakers: () => breakers.settings(),
    openCircuits: circuits.open,
    async worstPrices() {
      const book = await prices();
      return worstPricesOf(book.sold(), book.overrides(null));
    },
    spoolTakenAtMs: () => spool.takenInAtMs(),
    nowMs,
    log: note,
  });
  const spanRows = createSpanRows();
  const ingest = createIngest({
    store,
    callSites: createCallSites(createSourceMaps(nowMs)),
    interpret,
    recognise: spanRows.recognise,
    pricer,
    developer,
    isRecording: () => recording,
    onCommitted(calls) {
      live.callsCommitted(calls);
      budgets.callsCommitted(calls);
      if (calls !== null && breakers.anyOn() && circuits.callsCommitted(calls)) live.statusChanged();
      protection.changed();
      idle.touch();
    },
    nowMs,
  });
  const spans = createSpanIntake({ ingest, store, rows: spanRows, nowMs, log: note });
  const reprice = createReprice({
    store,
    pricer,
    onCommitted() {
      live.callsCommitted(null);
      budgets.callsCommitted(null);
      protection.changed();
      idle.touch();
    },
    monotonicMs: () => performance.now(),
  });
  const spool = createSpool({
    directory: home.spoolDirectory,
    ingest,
    log: note,
    nowMs,
    onTakenIn: protection.changed,
  });
  const fixed = { version, home: home.directory, startedAt, developer, timeZone };
  const status = () =>
    daemonStatus({
      fixed,
      port: () => port,
      store,
      ingest,
      spool,
      runs,
      pricer,
      liveClients: live.clients,
      isRecording: () => recording,
      openCircuits: circuits.open,
      storeWarnings,
    });
  const idle = watchIdle({
    idleMs: options.idleMs,
    monotonicMs: () => performance.now(),
    onIdle: () => void leave("nothing to do"),
  });

  const app = createApp({
    identity,
    port: () => port,
    store,
    ingest,
    spans,
    breakers,
    budgets,
    prices,
    reprice,
    live,
    sessions: createBrowserSessions(nowMs, () => port),
    dashboard: dashboardFiles(webview),
    resolve,
    series: (query) => readSeries(query, { store, resolve }),
    status,
    async setRecording(next) {
      recording = next;
      await configFile.setRecording(next);
      live.statusChanged();
    },
    heardOf(word) {
      if (runs.heardOf(word) === "news") live.statusChanged();
    },
    shutdown: (reason) => void leave(`asked to: ${reason}`),
    touch: idle.touch,
    log: note,
  });

  // Budgets first: what the spool brings may cross one.
  await budgets.states();
  await Promise.race([spool.takeIn(), sleep(SPOOL_WAIT_MS, undefined, { ref: false })]);
  const listener = await listen(app.fetch);
  port = listener.port;
  const stopSweep = startSweep({
    store,
    runs,
    nowMs,
    onClosed() {
      live.callsCommitted(null);
      budgets.callsCommitted(null);
      protection.changed();
    },
    log: note,
  });
  let watch: NodeJS.Timeout | undefined;
  // From the moment that others can find us, we leave in order.
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(signal, () => void leave(signal));
  const crash = (error: unknown) => {
    note(`crashed: ${error instanceof Error ? error.stack : String(error)}`);
    void leave("a bug", 1);
  };
  process.on("uncaughtException", crash);
  process.on("unhandledRejection", crash);

  await publishDiscovery(home, { ...identity, port });
  note(`version ${version} listens on port ${port}`);
  watch = setInterval(async () => {
    if (!(await isStillOurs(home, identity.nonce))) void leave("daemon.json no longer names it");
  }, options.watchMs).unref();
  spool.start();
  protection.changed();
  idle.start();
  void pricer().catch((error) => note(`prices: ${error instanceof Error ? error.message : String(error)}`));

  async function leave(reason: string, exitCode = 0) {
    if (leaving) return;
    leaving = true;
    note(`leaves: ${reason}`);
    setTimeout(() => process.exit(1), LEAVE_WITHIN_MS).unref();
    clearInterval(watch);
    idle.stop();
    stopSweep();
    // Nobody new should find us; those who are here are answered.
    await withdrawDiscovery(home, identity.nonce);
    live.close();
    await listener.close(REQUEST_GRACE_MS);
    await spool.stop();
    await protection.close();
    budgets.close();
    await store.close();
    release();
    process.exit(exitCode);
  }
}

function startFailure(error: unknown): StartFailure {
  if (error instanceof StartFailure) return error;
  if (error instanceof StoreTooNewError || error instanceof StoreUnavailableError) {
    return new StartFailure(error.message);
  }
  return new StartFailure(error instanceof Error ? error.message : String(error));
}

// Whoever started us may have stopped listening: that is no reason to die.
process.stderr.on("error", () => {});
main().catch((error) => {
  process.stderr.write(`taximeter daemon: ${startFailure(error).message}\n`, () => process.exit(1));
});
