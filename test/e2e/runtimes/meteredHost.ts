import { cp, mkdir, mkdtemp, realpath, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import { type StandinExchange, startStandin } from "../../../examples/standin/standin.mjs";
import type { CallReport } from "../../../shared/call.ts";
import { startCollectingDaemon } from "../../shim/lib/collectingDaemon.ts";
import { type HostRun, readSpool, runNode } from "../../shim/lib/hostProcess.ts";

/** A command that makes AI calls. */
export interface Host {
  command: string;
  args: readonly string[];
  cwd: string;
  env?: Record<string, string>;
  /** Go before the arguments where the host is not metered; a preload that has flags brings these among its own. */
  flags?: readonly string[];
}

/** What is added to a host for it to be metered. */
export interface Preload {
  /** Go before the host's own arguments, in the place of its own flags. */
  flags?: readonly string[];
  env?: Record<string, string>;
}

export interface MeteredRun {
  run: HostRun;
  /** One for each call. */
  reports: CallReport[];
  /** As many as the stand-in answered in the metered run alone. */
  exchanges: readonly StandinExchange[];
}

/** A folder that is taken away again; its path has no symbolic links in it. */
export async function temporaryFolder(name: string): Promise<{ folder: string; remove(): Promise<void> }> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), `taximeter-${name}-`)));
  return { folder, remove: () => rm(folder, { recursive: true, force: true, maxRetries: 3 }) };
}

/**
 * Runs a host as it is and then metered, and insists that it prints the same, ends in the same way, and leaves one report
 * for each exchange with the provider's own figures.
 */
export async function runMetered(host: Host, preload: Preload): Promise<MeteredRun> {
  const metered = await runBoth(host, preload);
  expect(metered.exchanges.length).toBeGreaterThan(0);
  expectOneReportEach(metered.reports, metered.exchanges);
  return metered;
}

/** The same, for hosts whose calls are not all seen: what was reported is left to the test. */
export async function runBoth(host: Host, preload: Preload): Promise<MeteredRun> {
  const { folder, remove } = await temporaryFolder("runtime");
  const home = join(folder, "state");
  const standin = await startStandin();
  const daemon = await startCollectingDaemon(home);
  const start = async ({ flags = host.flags ?? [], env = {} }: Preload) => {
    const run = await runNode({
      node: host.command,
      args: [...flags, ...host.args],
      cwd: host.cwd,
      env: {
        HOME: folder,
        // Warnings are output too, and would tell of what the preload does.
        NODE_NO_WARNINGS: "0",
        ...standin.environment,
        TAXIMETER_HOME: home,
        TAXIMETER_PROVIDERS: standin.providers,
        ...host.env,
        ...env,
      },
    });
    return { ...run, stderr: run.stderr.replace(/\(node:\d+\)/g, "(node)") };
  };
  try {
    await mkdir(home, { recursive: true });
    const without = await start({});
    const before = standin.exchanges.length;
    expect({ ...without, stdout: "" }).toMatchObject({ code: 0, signal: null });

    const run = await start(preload);
    expect(run).toEqual(without);
    const exchanges = standin.exchanges.slice(before);
    expect(exchanges).toHaveLength(before);
    const reports = lastWords([...daemon.reports, ...(await readSpool(home))]);
    return { run, reports, exchanges };
  } finally {
    await standin.close();
    await daemon.close();
    await remove();
  }
}

/** The last report of each call, in order of their beginnings: a long call is told of before it ends. */
export function lastWords(reports: readonly CallReport[]): CallReport[] {
  const last = new Map(reports.map((report) => [report.callId, report]));
  return [...last.values()].toSorted((a, b) => a.startedAt.localeCompare(b.startedAt));
}

function expectOneReportEach(reports: readonly CallReport[], exchanges: readonly StandinExchange[]): void {
  const told = (id: unknown, usage: unknown) => `${String(id)} ${JSON.stringify(usage)}`;
  const reported = reports.map(({ rawUsage }) => told(rawUsage?.["id"], rawUsage?.["usage"]));
  const answered = exchanges.map(({ responseId, usage }) => told(responseId, usage));
  expect(reported.toSorted()).toEqual(answered.toSorted());
  expect(new Set(reports.map(({ status }) => status))).toEqual(new Set(["ok"]));
}

/** The hosts, copied into a folder of their own beside the packages that they import. */
export async function hostsBeside(
  modules: string,
  name: string,
): Promise<{ folder: string; remove(): Promise<void> }> {
  const place = await temporaryFolder(name);
  await cp(join(import.meta.dirname, "hosts"), place.folder, { recursive: true });
  await symlink(modules, join(place.folder, "node_modules"), "dir");
  return place;
}
