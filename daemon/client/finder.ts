import { setTimeout as sleep } from "node:timers/promises";
import { apiRoutes } from "../../shared/api.ts";
import { type Discovery, PROTOCOL } from "../../shared/protocol.ts";
import type { ConnectionOptions } from "./daemonConnection.ts";
import { readDiscovery } from "./discovery.ts";
import { DaemonUnavailableError, doesNotAnswer, NoDaemonError } from "./errors.ts";
import { type Launched, launchDaemon } from "./launch.ts";
import type { Transport } from "./transport.ts";
import { compareVersions } from "./version.ts";

const START_TIMEOUT_MS = 20_000;
const HAND_OVER_TIMEOUT_MS = 15_000;
const SHUTDOWN_TIMEOUT_MS = 3_000;
const MAX_LAUNCHES = 5;
/** An older client may win the race for its place with another older one. */
const MAX_HAND_OVERS = 5;
const SUCCESSOR_GRACE_MS = 500;

export interface Search {
  options: ConnectionOptions;
  transport: Transport;
  /** We had a daemon, and it has gone. */
  hadOne: boolean;
  /** Whether anybody still waits for the outcome. */
  isWanted(): boolean;
}

/**
 * A daemon that has proved who it is and speaks our protocol: the one that runs, else one that we start. An older one is
 * asked to leave first, where we have one to put in its place.
 */
export async function findDaemon({ options, transport, hadOne, isWanted }: Search): Promise<Discovery> {
  const { home, version, launch } = options;
  const begun = Date.now();
  let deadline = begun + START_TIMEOUT_MS;
  let launched: Launched | null = null;
  const askedToLeave = new Set<string>();
  let launches = 0;
  let pauseMs = 15;
  let silent: Discovery | null = null;
  try {
    while (Date.now() < deadline) {
      if (!isWanted()) throw new DaemonUnavailableError("The connection to the daemon is closed.");
      const reading = await readDiscovery(home);
      if (reading.kind === "refused") throw new DaemonUnavailableError(reading.reason);
      const proof = reading.kind === "found" ? await transport.prove(reading.discovery) : "dead";
      silent = reading.kind === "found" && proof === "stranger" ? reading.discovery : null;
      if (reading.kind === "found" && proof === "proved") {
        const { discovery } = reading;
        const older = compareVersions(discovery.version, version) < 0 || discovery.protocol < PROTOCOL;
        // Our own daemon may be older than we are: another one would be no newer.
        if (older && launch !== null && discovery.pid !== launched?.pid) {
          if (!askedToLeave.has(discovery.nonce)) {
            if (askedToLeave.size >= MAX_HAND_OVERS) break;
            askedToLeave.add(discovery.nonce);
            deadline = Date.now() + HAND_OVER_TIMEOUT_MS + START_TIMEOUT_MS;
            await askToLeave(discovery, version, transport);
          }
        } else if (discovery.protocol !== PROTOCOL) {
          throw new DaemonUnavailableError(
            `The daemon that runs is version ${discovery.version} and speaks protocol ${discovery.protocol}, this is version ${version} and speaks ${PROTOCOL}. Update Taximeter here.`,
          );
        } else return discovery;
      } else if (launch === null) {
        throw new NoDaemonError();
      } else {
        const end = launched?.ended() ?? null;
        if (end !== null && end.code !== 0) {
          throw new DaemonUnavailableError(
            end.lastWords || `The daemon ended at its start with exit code ${end.code}.`,
          );
        }
        // It left in order, and took its discovery away: most likely for a newer one, which should not have to race ours.
        const awaitsSuccessor =
          hadOne && reading.kind === "absent" && Date.now() - begun < SUCCESSOR_GRACE_MS;
        // Exit code 0 means that it saw another daemon: should that one be gone too, it is our turn again.
        if ((launched === null || end !== null) && launches < MAX_LAUNCHES && !awaitsSuccessor) {
          launches += 1;
          launched?.letGo();
          launched = launchDaemon(launch, home);
        }
      }
      await sleep(pauseMs);
      pauseMs = Math.min(200, pauseMs * 1.5);
    }
  } finally {
    launched?.letGo();
  }
  if (silent !== null) {
    throw new DaemonUnavailableError(`${doesNotAnswer(silent)} End that process, then try again.`);
  }
  throw new DaemonUnavailableError(
    askedToLeave.size === 0
      ? `The daemon did not start within ${START_TIMEOUT_MS / 1000} seconds. See ${home}/logs/daemon.log.`
      : "The older daemon was asked to hand over and did not leave. Run `taximeter stop`, then try again.",
  );
}

async function askToLeave(discovery: Discovery, version: string, transport: Transport): Promise<void> {
  const { method, path } = apiRoutes.shutdown;
  const body = { reason: `version ${version} takes over from ${discovery.version}` };
  try {
    await transport.send(discovery, { method, path, body, timeoutMs: SHUTDOWN_TIMEOUT_MS });
  } catch {
    // It may be leaving already; whether it has left is seen by its silence.
  }
}
