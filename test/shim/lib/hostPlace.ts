import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach } from "vitest";
import { type CollectingDaemon, startCollectingDaemon } from "./collectingDaemon.ts";
import { buildShim, type ShimBundles } from "./hostProcess.ts";
import { startProvider, type TestProvider } from "./provider.ts";

/** What hosts need that are run with the shim: of each file of tests one, and of each test a folder that goes with it. */
export interface HostPlace {
  readonly shim: ShimBundles;
  readonly provider: TestProvider;
  readonly folder: string;
  /** `TAXIMETER_HOME`, not made yet. */
  readonly home: string;
  /** A daemon at that home, which ends with the test. */
  startDaemon(): Promise<CollectingDaemon>;
}

/** Made before, and handed over before each test. */
export function beforeEachHost(handOver: (place: HostPlace) => void): void {
  let shim: ShimBundles;
  let provider: TestProvider;
  let folder: string;
  const daemons: CollectingDaemon[] = [];

  beforeAll(async () => {
    shim = await buildShim();
    provider = await startProvider();
  });
  afterAll(async () => {
    await provider.close();
    await shim.remove();
  });
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "taximeter-host-"));
    const home = join(folder, "home");
    const startDaemon = async () => {
      const daemon = await startCollectingDaemon(home);
      daemons.push(daemon);
      return daemon;
    };
    handOver({ shim, provider, folder, home, startDaemon });
  });
  afterEach(async () => {
    for (const daemon of daemons.splice(0)) await daemon.close();
    await rm(folder, { recursive: true, force: true });
  });
}
