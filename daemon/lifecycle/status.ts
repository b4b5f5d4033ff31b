import type { DaemonStatus } from "../../shared/daemonStatus.ts";
import type { OpenCircuit } from "../../shared/protection.ts";
import { PROTOCOL } from "../../shared/protocol.ts";
import type { Ingest } from "../ingest/ingest.ts";
import type { Spool } from "../ingest/spool.ts";
import type { Pricer } from "../pricing/pricer.ts";
import type { Store } from "../store/store.ts";
import type { Runs } from "./runs.ts";

export interface StatusSurroundings {
  fixed: Pick<DaemonStatus, "version" | "home" | "startedAt" | "developer" | "timeZone">;
  port(): number;
  store: Pick<Store, "statistics">;
  ingest: Pick<Ingest, "counts" | "warnings">;
  spool: Pick<Spool, "rejectedFiles">;
  runs: Runs;
  pricer(): Promise<Pricer>;
  liveClients(): number;
  isRecording(): boolean;
  openCircuits(): OpenCircuit[];
  teamWarnings(): string[];
  /** `null` where no team was joined. */
  team(): Promise<DaemonStatus["team"] | null>;
  /** What the store put right by itself. */
  storeWarnings: readonly string[];
}

export async function daemonStatus(surroundings: StatusSurroundings): Promise<DaemonStatus> {
  const { store, ingest, runs, spool, isRecording, storeWarnings } = surroundings;
  const [{ calls, bytes }, pricer, team] = await Promise.all([
    store.statistics(),
    surroundings.pricer(),
    surroundings.team(),
  ]);
  const { version, date, stale } = pricer.catalogue();
  const priceCatalogue = { version, date, stale };
  const openCircuits = surroundings.openCircuits();
  const droppedCalls = runs.droppedCalls();
  const refusedCalls = runs.refusedCalls();
  const warnings = [
    ...storeWarnings,
    ...ingest.warnings(),
    ...pricer.warnings(),
    ...surroundings.teamWarnings(),
  ];
  if (stale) warnings.push(`The price catalogue is of ${date}: newer prices may differ.`);
  if (droppedCalls > 0)
    warnings.push(`${droppedCalls} calls were dropped by apps that could not deliver them.`);
  if (spool.rejectedFiles() > 0) {
    warnings.push(
      `${spool.rejectedFiles()} spool files held reports that could not be read: see spool/rejected.`,
    );
  }
  return {
    ...surroundings.fixed,
    protocol: PROTOCOL,
    pid: process.pid,
    port: surroundings.port(),
    recording: isRecording(),
    storedCalls: calls,
    storeBytes: bytes,
    ingested: ingest.counts(),
    activeRuns: runs.active(),
    liveClients: surroundings.liveClients(),
    droppedCalls,
    ...(refusedCalls === 0 ? {} : { refusedCalls }),
    priceCatalogue,
    warnings,
    ...(openCircuits.length === 0 ? {} : { openCircuits }),
    ...(team ? { team } : {}),
  };
}
