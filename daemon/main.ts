/**
 * The daemon. Composition root: `node daemon.mjs [--idle-ms N] [--foreground]`, its home by `TAXIMETER_HOME`. Exit code 0
 * where it served, or another daemon serves; 1 where it cannot start, with one line on standard error that says why.
 */
import { homedir } from "node:os";
import { resolve as resolvePath } from "node:path";
import { stateDirectory } from "../shared/home.ts";
import { messageOf } from "../shared/messageOf.ts";
import { environment } from "../shared/protocol.ts";
import { parseTeamUrl } from "../shared/teamUrl.ts";
import { dashboardFiles } from "./http/dashboardFiles.ts";
import { listen } from "./http/listener.ts";
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
import { isProcessAlive } from "./lifecycle/runs.ts";
import { takeLock } from "./lifecycle/takeLock.ts";
import { ownVersion } from "./lifecycle/version.ts";
import { createService } from "./service.ts";
import { StoreTooNewError, StoreUnavailableError } from "./store/store.ts";
import { openStore } from "./store/workerStore.ts";
import { systemKeychain } from "./team/keychain.ts";
import { createTokenKeeper } from "./team/tokenKeeper.ts";

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
  const identity = drawDiscovery(ownVersion());
  let port = 0;
  let leaving = false;
  const idle = watchIdle({
    idleMs: options.idleMs,
    monotonicMs: () => performance.now(),
    onIdle: () => void leave("nothing to do"),
  });
  const service = createService({
    home,
    store,
    identity,
    config,
    configFile,
    developer: developerName(developerSurroundings(config.developer)),
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    dashboard: dashboardFiles(webview),
    storeWarnings,
    port: () => port,
    nowMs: () => Date.now(),
    isProcessAlive,
    teamUrl: teamUrlOf(env[environment.teamUrl], note),
    teamTokens: createTokenKeeper({
      fromEnvironment: env[environment.teamToken],
      keychain: systemKeychain(platform),
    }),
    timers: {
      set(ms, run) {
        const timer = setTimeout(run, ms).unref();
        return () => clearTimeout(timer);
      },
    },
    touch: idle.touch,
    shutdown: (reason) => void leave(`asked to: ${reason}`),
    log: note,
  });

  await service.prepare();
  const listener = await listen(service.app.fetch);
  port = listener.port;
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
  note(`version ${identity.version} listens on port ${port}`);
  watch = setInterval(async () => {
    if (!(await isStillOurs(home, identity.nonce))) void leave("daemon.json no longer names it");
  }, options.watchMs).unref();
  service.start();
  idle.start();

  async function leave(reason: string, exitCode = 0) {
    if (leaving) return;
    leaving = true;
    note(`leaves: ${reason}`);
    setTimeout(() => process.exit(1), LEAVE_WITHIN_MS).unref();
    clearInterval(watch);
    idle.stop();
    // Nobody new should find us; those who are here are answered.
    await withdrawDiscovery(home, identity.nonce);
    service.hangUp();
    await listener.close(REQUEST_GRACE_MS);
    await service.close();
    await store.close();
    release();
    process.exit(exitCode);
  }
}

function teamUrlOf(text: string | undefined, note: (line: string) => void): string | null {
  if (!text) return null;
  const parsed = parseTeamUrl(text);
  if (parsed.ok) return parsed.url;
  note(`${environment.teamUrl} ${parsed.problem}`);
  return null;
}

function startFailure(error: unknown): StartFailure {
  if (error instanceof StartFailure) return error;
  if (error instanceof StoreTooNewError || error instanceof StoreUnavailableError) {
    return new StartFailure(error.message);
  }
  return new StartFailure(messageOf(error));
}

// Whoever started us may have stopped listening: that is no reason to die.
process.stderr.on("error", () => {});
main().catch((error) => {
  process.stderr.write(`taximeter daemon: ${startFailure(error).message}\n`, () => process.exit(1));
});
