/**
 * The preload, `--require register.cjs` or `--import register.mjs`: the only file of the shim where things are wired.
 * Opens nothing and starts nothing until the first AI call.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { fstatSync, writeSync } from "node:fs";
import { stateDirectory } from "../shared/home.ts";
import { environment } from "../shared/protocol.ts";
import { parseProviderMappings } from "../shared/providers.ts";
import { shownPath } from "../shared/sourcePaths.ts";
import { sourcePrefixes } from "../shared/sources.ts";
import { loadBuiltin } from "./builtin.ts";
import { type CallConsole, createCallConsole } from "./console/callConsole.ts";
import { createAttribution, givenSource, namedSource } from "./context/attribution.ts";
import { stackBelow } from "./context/callers.ts";
import { captureStack, filesIn } from "./context/callSite.ts";
import { createDependencies } from "./context/dependencies.ts";
import { fingerprintOf, readSalt } from "./context/fingerprint.ts";
import { inngestFunction } from "./context/jobs/inngest.ts";
import { createJobSource, createRunJob } from "./context/jobs/job.ts";
import { jobFrameworks } from "./context/jobs/jobs.ts";
import { watchPackages } from "./context/packageLoads.ts";
import { queues } from "./context/queues/queues.ts";
import { createRequestWork } from "./context/requestWork.ts";
import { createRoutes } from "./context/routes/routes.ts";
import { meetAiSdk, meetHelpers } from "./context/sdkClients.ts";
import { createTelemetry, watchAiSdk } from "./context/telemetry.ts";
import { runsNodeTests, watchNodeTests } from "./context/tests/nodeTest.ts";
import { createRunningTests, createTestSource } from "./context/tests/runningTest.ts";
import { testRunners } from "./context/tests/tests.ts";
import { findWorkspace, type GitState, readGitState } from "./context/workspace.ts";
import { createCourier } from "./delivery/courier.ts";
import { createDaemonLink } from "./delivery/daemon.ts";
import { createDiscovery, isDaemonThere } from "./delivery/discovery.ts";
import { createSpool } from "./delivery/spool.ts";
import { createGuard } from "./guard.ts";
import { makeUuidV7 } from "./meter/callId.ts";
import { createLayers } from "./meter/layers.ts";
import { createMeter, PENDING_AFTER_MS } from "./meter/meter.ts";
import { isPermitted } from "./permissions.ts";
import { createProtection } from "./protection/protection.ts";
import { createStateFile } from "./protection/stateFile.ts";
import { claimRuntime, liveRuntime, type Runtime } from "./runtime.ts";
import { patchFetch } from "./transports/fetch.ts";
import { watchNodeHttp } from "./transports/nodeHttp.ts";
import { watchNodeHttp2 } from "./transports/nodeHttp2.ts";
import type { TransportObserver } from "./transports/observer.ts";
import { createTargets } from "./transports/target.ts";
import { watchUndici } from "./transports/undici.ts";
import { watchWebSockets } from "./transports/webSocket.ts";

/** A daemon that takes longer to answer is taken for hung. */
const DAEMON_TIMEOUT_MS = 2_000;
/** Branches are switched while a dev server runs. */
const GIT_TRUSTED_MS = 5_000;

/** A loop that runs against a stop is told of in one. */
const REFUSAL_TOLD_AFTER_MS = 50;

const STDERR = 2;

const { env } = process;

// Whatever goes wrong here, the host must start as if nothing had been there.
createGuard().attempt(() => {
  if (isPermitted() && env[environment.enabled] !== "off" && liveRuntime() === undefined) install();
});

function install(): void {
  const guard = createGuard();
  // Taken now, before the host or its tests replace them.
  const { setTimeout, clearTimeout, setImmediate } = globalThis;
  const { hrtime, nextTick } = process;
  const settled = Promise.resolve();
  const thenOf = settled.then;
  /** As `queueMicrotask` does it, without the resource that Node makes for each of its steps. They must not throw. */
  const inMicrotask = (step: () => void) => void Reflect.apply(thenOf, settled, [step]);
  const epochNow = Date.now;
  // Not from `performance`: that is loaded when it is first named, and takes more memory than all that is here.
  const now = () => {
    const [seconds, nanoseconds] = hrtime();
    return seconds * 1e3 + nanoseconds / 1e6;
  };
  // It may have been removed.
  const folder = guard.attempt(() => process.cwd());
  const entry = process.argv[1];

  /** Our own work runs outside the host's asynchronous contexts, and must not hold on to them. */
  const outside = AsyncLocalStorage.snapshot();
  const setTimer = (step: () => void, delayMs: number) => {
    const timer = outside(() => setTimeout(step, delayMs).unref());
    return { cancel: () => clearTimeout(timer) };
  };

  const runId = lazy(() => makeUuidV7(epochNow()));
  const home = lazy(() =>
    stateDirectory({ env, platform: process.platform, homeDirectory: loadBuiltin("os").homedir() }),
  );
  const workspace = lazy(
    () => env[environment.workspace] || (folder === undefined ? null : findWorkspace(folder)),
  );
  const salt = lazy(() => readSalt(home()));
  const script = lazy(() =>
    entry === undefined
      ? null
      : namedSource(`${sourcePrefixes.script}${shownPath(entry, workspace())}`, "script"),
  );
  const git = cached(GIT_TRUSTED_MS, now, (): GitState => {
    return guard.attempt(() => readGitState(workspace())) ?? { gitBranch: null, gitCommit: null };
  });
  const declared = env[environment.source];

  const attribution = createAttribution();
  const telemetry = createTelemetry();
  const requestWork = createRequestWork({
    now,
    // What is done in microtasks may do more in ticks, and those in microtasks: three times is what streams need.
    afterThisTurn(step) {
      const afterTicks = (rounds: number) =>
        inMicrotask(() => nextTick(() => (rounds === 1 ? step() : afterTicks(rounds - 1))));
      outside(() => afterTicks(3));
    },
  });

  const facts = {
    declared: givenSource(declared),
    script,
    get runId() {
      return runId();
    },
    workspace,
    git,
  };
  const protection = createProtection({
    file: createStateFile(home, now),
    process: facts,
    daemonRuns: () => isDaemonThere(home()),
    epochNow,
    onRefused: () => courier().wakeIn(REFUSAL_TOLD_AFTER_MS),
  });

  /**
   * No listener for SIGINT, SIGTERM or SIGHUP, although death by them runs no 'exit' event and so loses what ended in the
   * last moments. Any listener turns off the system's own, immediate end, and nothing can bring it back: a host that is
   * busy in synchronous code (a loop, `execSync`) would no longer stop at Ctrl-C, and packages like signal-exit, which
   * end the process only if nobody else listens, would leave it running. The courier keeps the moments short instead.
   */
  const callConsole = env[environment.console] === "1" ? guard.attempt(openConsole) : undefined;
  const courier = lazy(() => {
    process.on("exit", () => {
      guard.attempt(() => {
        meter.abandonAll();
        courier().spoolAll();
      });
      guard.attempt(() => callConsole?.end());
    });
    return createCourier({
      guard,
      link: createDaemonLink({ runId: runId(), timeoutMs: DAEMON_TIMEOUT_MS, setTimer }),
      spool: createSpool({ home: home(), runId: runId(), epochNow }),
      discover: createDiscovery(home()),
      handedOver: protection.handedOver,
      refused: () => protection.refusals,
      overdue: () => meter.overdue(),
      nextOverdueInMs: () => meter.nextOverdueInMs(),
      ...(callConsole === undefined ? {} : { told: callConsole.told }),
      now,
      random: Math.random,
      setTimer,
      // One turn of the event loop later than the end of a call, when undici has written the request that may wait for its
      // connection; held for that one turn, so that it comes while the answer is awaited and not just after it.
      soon: (step) => outside(() => setImmediate(() => setImmediate(step)).unref()),
    });
  });

  const meter = createMeter({
    scope() {
      const scope = attribution.current();
      return guard.attempt(() => telemetry.within(scope)) ?? scope;
    },
    guard,
    placing: createGuard(),
    process: facts,
    protection,
    requestWork,
    makeId: makeUuidV7,
    epochNow,
    now,
    fingerprint: (path, body, facts) => fingerprintOf(salt(), path, body, facts),
    unplaced(stack, { callSite }) {
      meetAiSdk(globalThis);
      if (callSite !== null) return;
      for (const file of filesIn(stack)) outside(() => void meetHelpers(file).catch(() => guard.failed()));
    },
    send: (item) => courier().add(item),
    onBegin: () => courier().wakeIn(PENDING_AFTER_MS),
  });

  const runtime: Runtime = {
    version: 1,
    scope: attribution.current,
    withSource: attribution.withSource,
    withAttributes: attribution.withAttributes,
    makeId: () => makeUuidV7(epochNow()),
    captureStack,
    report(report, scope, stack) {
      guard.attempt(() => courier().add({ line: () => meter.lineOf(report, scope, stack) }));
    },
    async flush() {
      if (meter.seen === 0 && courier().counts().queued === 0) return;
      // The one time that the shim keeps a process alive: the host asked to wait.
      const wait = setTimeout(() => {}, 3 * DAEMON_TIMEOUT_MS);
      await courier()
        .flush()
        .finally(() => clearTimeout(wait));
    },
    stats: () => ({
      seen: meter.seen,
      inFlight: meter.inFlight,
      refused: protection.refusals,
      ...courier().counts(),
    }),
  };
  if (!claimRuntime(runtime)) return;

  const jobSource = createJobSource();
  const routes = createRoutes({
    guard: createGuard(),
    attribution,
    work: requestWork,
    jobOf: (url) => jobSource({ name: inngestFunction(url) }),
  });
  guard.attempt(() => routes.watch());
  guard.attempt(() => {
    const ofPackages = createGuard();
    const tests = createRunningTests({
      guard: ofPackages,
      sourceOf: createTestSource((file) => shownPath(file, workspace())),
      withTest: attribution.withTest,
      keep: () => {
        if (meter.seen > 0) courier().spoolAll();
      },
    });
    const runJob = createRunJob(ofPackages, jobSource, attribution.withJob);
    const isNamed = createDependencies({ folder, argv: process.argv.slice(1) });
    if (isNamed("ai")) meetAiSdk(globalThis);
    watchPackages({
      patches: [
        ...routes.patches,
        ...jobFrameworks(runJob),
        ...testRunners(tests, env, entry),
        ...queues(attribution.carrier, ofPackages),
      ],
      guard: ofPackages,
      isNamed,
    });
    if (runsNodeTests(env, process.execArgv, entry)) watchNodeTests(tests);
  });
  guard.attempt(() => watchAiSdk(attribution.bindLabels));
  const observer: TransportObserver = {
    targets: createTargets(parseProviderMappings(env[environment.providers] ?? "")),
    guard,
    layers: createLayers(),
    begin: meter.begin,
    connect: meter.connect,
    captureStack: stackBelow,
  };
  patchFetch(globalThis, observer);
  guard.attempt(() => watchUndici(observer));
  guard.attempt(() => watchNodeHttp(observer));
  guard.attempt(() => watchNodeHttp2(observer));
  guard.attempt(() => watchWebSockets(observer));
}

/**
 * Written straight to the descriptor: the host's own stream is not touched, and what can't be written is left out. Where
 * the host has closed it, the same number may be a socket of its own by now.
 */
function openConsole(): CallConsole {
  const { dev, ino } = fstatSync(STDERR);
  const coloured = !env["NO_COLOR"] && env["TERM"] !== "dumb" && loadBuiltin("tty").isatty(STDERR);
  return createCallConsole({
    coloured,
    write(text) {
      try {
        const now = fstatSync(STDERR);
        if (now.dev === dev && now.ino === ino) writeSync(STDERR, text);
      } catch {
        // Nobody reads it.
      }
    },
  });
}

function lazy<Value>(make: () => Value): () => Value {
  let made: { value: Value } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** Made anew where older than so many milliseconds. */
function cached<Value>(trustedMs: number, now: () => number, make: () => Value): () => Value {
  let made: { value: Value; atMs: number } | undefined;
  return () => {
    const atMs = now();
    if (made === undefined || atMs - made.atMs > trustedMs) made = { value: make(), atMs };
    return made.value;
  };
}
