import { setTimeout as sleep } from "node:timers/promises";
import { messageOf } from "../shared/messageOf.ts";
import type { Range } from "../shared/range.ts";
import { createBudgetKeeper } from "./budgets/budgetKeeper.ts";
import { createCallSites } from "./callSites/callSites.ts";
import { createSourceMaps } from "./callSites/sourceMaps.ts";
import { createApp } from "./http/app.ts";
import { createBrowserSessions } from "./http/browserSessions.ts";
import type { DashboardFiles } from "./http/dashboardFiles.ts";
import { readSeries } from "./http/readSeries.ts";
import { resolveQueryRange } from "./http/resolveQueryRange.ts";
import { createIngest } from "./ingest/ingest.ts";
import { createSpool } from "./ingest/spool.ts";
import { startSweep } from "./ingest/sweep.ts";
import type { Config, ConfigFile } from "./lifecycle/config.ts";
import type { Home } from "./lifecycle/home.ts";
import { createRuns } from "./lifecycle/runs.ts";
import { daemonStatus } from "./lifecycle/status.ts";
import { createLiveHub } from "./live/hub.ts";
import { createSpanIntake } from "./otlp/spanIntake.ts";
import { createSpanRows } from "./otlp/spanRows.ts";
import type { PriceBook } from "./pricing/priceBook.ts";
import type { Pricer } from "./pricing/pricer.ts";
import { createBreakerKeeper } from "./protection/breakerKeeper.ts";
import { createCircuitKeeper } from "./protection/circuitKeeper.ts";
import { protectionFiles } from "./protection/protectionFiles.ts";
import { createProtectionKeeper } from "./protection/protectionKeeper.ts";
import { worstPricesOf } from "./protection/worstPrices.ts";
import { createReprice } from "./repricing/reprice.ts";
import type { Store } from "./store/store.ts";
import type { Timers } from "./team/pushTimer.ts";
import { createTeamKeeper } from "./team/teamKeeper.ts";
import { createTeamReading } from "./team/teamReading.ts";
import type { TokenKeeper } from "./team/tokenKeeper.ts";
import { budgetPeriodBounds, dayPosition } from "./time/range.ts";
import { interpret } from "./usage/interpret.ts";

/** Longest wait for what was left behind before the daemon listens; the rest comes while it serves. */
const SPOOL_WAIT_MS = 3_000;

export interface ServiceSurroundings {
  home: Home;
  store: Store;
  identity: { token: string; nonce: string; version: string };
  /** As it was read; `configFile` keeps what is changed of it. */
  config: Config;
  configFile: Pick<ConfigFile, "setRecording" | "setBreakers">;
  /** Who is at work here, by `developerName`. */
  developer: string;
  timeZone: string;
  dashboard: DashboardFiles;
  /** What the store put right by itself; may grow. */
  storeWarnings: readonly string[];
  /** The port that the API is listened for on, once it is known. */
  port(): number;
  nowMs(): number;
  isProcessAlive(pid: number): boolean;
  /** A team to be joined without being asked, `null` where there is none. */
  teamUrl: string | null;
  teamTokens: TokenKeeper;
  /** Of pushes to the team. */
  timers: Timers;
  /** Something was asked or reported. */
  touch(): void;
  /** Someone asked the daemon to leave. */
  shutdown(reason: string): void;
  log(line: string): void;
  /** Instead of the price book's. */
  pricer?: () => Promise<Pricer>;
  /** See `createSpanIntake`. */
  settleAfterMs?: number;
}

/**
 * The daemon without its process: everything that takes in, keeps and answers, over an open store. It begins nothing by
 * itself: `prepare` before the first request, `start` once requests may come, `hangUp` and then `close` to end.
 */
export function createService(surroundings: ServiceSurroundings) {
  const { home, store, identity, config, configFile, developer, timeZone, nowMs, touch, log } = surroundings;
  const startedAt = new Date(nowMs()).toISOString();
  let { recording } = config;
  const runs = createRuns({ nowMs, isAlive: surroundings.isProcessAlive });
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
  const pricer = surroundings.pricer ?? (async () => (await prices()).pricer);

  const live = createLiveHub({
    store,
    resolve,
    budgets: async () => [...(await budgets.states()), ...teamReading.budgets.known()],
    status: () => status(),
    log,
  });
  const budgets = createBudgetKeeper({
    store,
    resolve,
    periodNow(period) {
      const { fromMs, toMs } = budgetPeriodBounds(period, nowMs(), timeZone);
      return { start: new Date(fromMs).toISOString(), end: new Date(toMs).toISOString() };
    },
    dayPosition: (instantMs) => dayPosition(instantMs, timeZone),
    nowMs,
    onChanged(states, crossed) {
      live.budgetsChanged([...states, ...teamReading.budgets.known()], crossed);
      protection.changed();
    },
    log,
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
    log,
  });

  const team = createTeamKeeper({
    store,
    developer,
    version: identity.version,
    timeZone,
    tokens: surroundings.teamTokens,
    urlFromEnvironment: surroundings.teamUrl,
    nowMs,
    timers: surroundings.timers,
    random: Math.random,
    onChanged() {
      live.statusChanged();
      teamReading.watch.changed();
    },
    onPushed: () => teamReading.watch.pushed(),
    log,
  });
  const teamReading = createTeamReading({
    store,
    database: team.database,
    developer,
    resolve,
    nowMs,
    sleep: (ms) => sleep(ms, undefined, { ref: false }),
    isWatched: () => live.clients() > 0,
    onBudgets(crossed) {
      void budgets
        .states()
        .then((own) => live.budgetsChanged([...own, ...teamReading.budgets.known()], crossed));
    },
    onToday: live.statusChanged,
    log,
  });

  /** Stored calls changed: which, or `null` where they are too many to say. */
  const committed = (calls: Parameters<typeof live.callsCommitted>[0]) => {
    live.callsCommitted(calls);
    budgets.callsCommitted(calls);
    if (calls !== null && breakers.anyOn() && circuits.callsCommitted(calls)) live.statusChanged();
    protection.changed();
    team.callsCommitted();
  };
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
      committed(calls);
      touch();
    },
    nowMs,
    log,
  });
  const spans = createSpanIntake({
    ingest,
    store,
    rows: spanRows,
    nowMs,
    log,
    ...(surroundings.settleAfterMs === undefined ? {} : { settleAfterMs: surroundings.settleAfterMs }),
  });
  const reprice = createReprice({
    store,
    pricer,
    onCommitted() {
      committed(null);
      touch();
    },
    monotonicMs: () => performance.now(),
  });
  const spool = createSpool({
    directory: home.spoolDirectory,
    ingest,
    log,
    nowMs,
    onTakenIn: protection.changed,
  });
  const status = () =>
    daemonStatus({
      fixed: { version: identity.version, home: home.directory, startedAt, developer, timeZone },
      port: surroundings.port,
      store,
      ingest,
      spool,
      runs,
      pricer,
      liveClients: live.clients,
      isRecording: () => recording,
      openCircuits: circuits.open,
      teamWarnings: team.warnings,
      async team() {
        if ((await store.team()) === null) return null;
        const today = teamReading.budgets.today();
        return { todayUsd: today?.costUsd ?? null, asOf: today?.asOf ?? null };
      },
      storeWarnings: surroundings.storeWarnings,
    });

  const app = createApp({
    identity,
    port: surroundings.port,
    store,
    ingest,
    spans,
    breakers,
    protection,
    budgets,
    prices,
    reprice,
    team,
    teamView: teamReading.view,
    teamBudgets: teamReading.budgets,
    live,
    sessions: createBrowserSessions(nowMs, surroundings.port),
    dashboard: surroundings.dashboard,
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
    shutdown: surroundings.shutdown,
    touch,
    log,
  });

  let stopSweep = () => {};
  return {
    app,
    budgets,
    live,
    prices,
    team,
    /** Takes in what was left behind, for a while. */
    async prepare() {
      // Budgets first: what the spool brings may cross one. The team, too, is to be told of it.
      await Promise.all([budgets.states(), team.prepare()]);
      await Promise.race([spool.takeIn(), sleep(SPOOL_WAIT_MS, undefined, { ref: false })]);
    },
    /** Does from now on what nobody asks for: the spool, lost calls, the file of protection, prices. */
    start() {
      stopSweep = startSweep({ store, runs, nowMs, onClosed: () => committed(null), log });
      spool.start();
      budgets.start();
      teamReading.watch.start();
      protection.changed();
      void pricer().catch((error) => log(`prices: ${messageOf(error)}`));
      void team
        .start()
        .then(() => teamReading.watch.pushed())
        .catch((error) => log(`team: ${messageOf(error)}`));
    },
    /** Lets go of those who listen on. Requests are still answered. */
    hangUp() {
      stopSweep();
      live.close();
    },
    /** Writes what is to be written. The store is its owner's to close. */
    async close() {
      await spool.stop();
      teamReading.watch.stop();
      await Promise.all([protection.close(), team.close()]);
      budgets.close();
    },
  };
}
