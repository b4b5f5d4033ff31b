import { join } from "node:path";
import type { CallReport } from "../../../shared/call.ts";
import { startCollectingDaemon } from "../../shim/lib/collectingDaemon.ts";
import { type HostRun, readSpool, runNode } from "../../shim/lib/hostProcess.ts";
import { builtFile } from "../lib/daemon.ts";
import type { MatrixCase, ModuleSystem, NodeVersion } from "./cases.ts";
import { startStandins } from "./standin/providers.ts";
import type { Exchange } from "./standin/server.ts";

/** One case on one module system and one Node. */
export interface MatrixRun {
  matrixCase: MatrixCase;
  system: ModuleSystem;
  node: NodeVersion;
  /** Source of its calls, and a name that no other run has. */
  source: string;
}

export interface RunSurroundings {
  /** Copy of `apps`, beside which the SDKs lie in `node_modules`. */
  folder: string;
  packages: string;
  /** Paths of the Nodes. */
  nodes: Record<NodeVersion, string>;
  tls: { cert: string; key: string; certFile: string };
}

export interface RunOutcome {
  run: MatrixRun;
  /** What the host did with `TAXIMETER=off`, and with the shim. */
  without: HostRun;
  metered: HostRun;
  exchanges: Exchange[];
  /** The last word on each call, in order of their beginnings. */
  reports: CallReport[];
}

export function runsOf(matrixCase: MatrixCase): MatrixRun[] {
  return matrixCase.nodes.flatMap((node) =>
    matrixCase.systems.map((system) => ({
      matrixCase,
      system,
      node,
      source: `${matrixCase.name} ${system} ${node}`.replaceAll(/[^\w]+/g, "-"),
    })),
  );
}

const preloads = {
  ESM: { main: "main.mjs", flag: "--import", register: "register.mjs" },
  CommonJS: { main: "main.cjs", flag: "--require", register: "register.cjs" },
} as const;

/** Runs a case twice, each time against a stand-in of its own that says the same: without the shim, and with it. */
export async function runMatrix(run: MatrixRun, surroundings: RunSurroundings): Promise<RunOutcome> {
  const without = await runOnce(run, surroundings, { TAXIMETER: "off" });
  const home = join(surroundings.folder, "homes", run.source);
  const daemon = await startCollectingDaemon(home);
  try {
    const metered = await runOnce(run, surroundings, { TAXIMETER_HOME: home, TAXIMETER_SOURCE: run.source });
    const reports = finalReports([...daemon.reports, ...(await readSpool(home))]);
    return { run, without: without.host, metered: metered.host, exchanges: metered.exchanges, reports };
  } finally {
    await daemon.close();
  }
}

async function runOnce(run: MatrixRun, surroundings: RunSurroundings, env: Record<string, string>) {
  const { folder, packages, nodes, tls } = surroundings;
  const { scenario, providers, protocol = "http/1.1", options = {}, packages: names } = run.matrixCase;
  const standin = await startStandins({ providers, protocol, tls, packages, run: run.source });
  const { main, flag, register } = preloads[run.system];
  const given = JSON.stringify({ packages: names, urls: standin.urls, options });
  try {
    const host = await runNode({
      node: nodes[run.node],
      args: [flag, builtFile(register), join(folder, main), scenario, given],
      cwd: folder,
      env: {
        HOME: folder,
        NODE_EXTRA_CA_CERTS: tls.certFile,
        TAXIMETER_PROVIDERS: standin.mappings,
        ...env,
      },
    });
    // Ports differ from run to run, and errors name them.
    const stdout = host.stdout.replaceAll(/127\.0\.0\.1:\d+/g, "127.0.0.1");
    return { host: { ...host, stdout }, exchanges: standin.exchanges() };
  } finally {
    await standin.close();
  }
}

function finalReports(reports: readonly CallReport[]): CallReport[] {
  const last = new Map(reports.map((report) => [report.callId, report]));
  return [...last.values()].toSorted((a, b) => a.startedAt.localeCompare(b.startedAt));
}
