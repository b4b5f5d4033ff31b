import type { DaemonLink } from "../daemon/daemonLink.ts";

/** Where it is remembered, across windows and restarts, what was last handed over, by workspace folder. */
export interface AppliedBreakers {
  read(): Record<string, boolean>;
  write(applied: Record<string, boolean>): Promise<void>;
}

export interface BreakerSync {
  /**
   * Switches circuit breakers on or off in these folders where the setting has changed since the last time; what was said on
   * the command line stands until then. Rejects as `DaemonLink.request` does: what was not handed over is tried again.
   */
  apply(enabled: boolean, folders: readonly string[]): Promise<void>;
}

export function createBreakerSync(link: Pick<DaemonLink, "request">, applied: AppliedBreakers): BreakerSync {
  let running: Promise<void> = Promise.resolve();
  const run = async (enabled: boolean, folders: readonly string[]) => {
    for (const workspace of folders) {
      if ((applied.read()[workspace] ?? false) === enabled) continue;
      await link.request("setBreakers", { body: { enabled, workspace } });
      const { [workspace]: _before, ...others } = applied.read();
      await applied.write(enabled ? { ...others, [workspace]: true } : others);
    }
  };
  return {
    apply(enabled, folders) {
      // One after the other: two quick changes must not cross on the way.
      running = running.catch(() => {}).then(() => run(enabled, folders));
      return running;
    },
  };
}
