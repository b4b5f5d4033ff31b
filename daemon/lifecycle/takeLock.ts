import { setTimeout as sleep } from "node:timers/promises";
import { readDiscovery } from "../client/discovery.ts";
import { createTransport } from "../client/transport.ts";
import { type Home, StartFailure } from "./home.ts";
import { type Lock, tryLock } from "./lock.ts";

/**
 * Takes the lock; `"another daemon"` where one has it and answers. One that is just starting, or leaving to make room for
 * us, is waited for. Throws `StartFailure` where whoever has the lock stays silent.
 */
export async function takeLock(home: Home, waitMs: number): Promise<Lock | "another daemon"> {
  const deadline = performance.now() + waitMs;
  const transport = createTransport();
  for (;;) {
    const lock = tryLock(home.lockFile);
    if (lock !== null) return lock;
    const reading = await readDiscovery(home.directory);
    if (reading.kind === "found" && (await transport.prove(reading.discovery)) === "proved") {
      return "another daemon";
    }
    if (performance.now() > deadline) {
      throw new StartFailure(
        `Another process holds ${home.lockFile}, and no daemon answers. End that process, then try again.`,
      );
    }
    // Twenty that start at once should not all look at once.
    await sleep(30 + Math.random() * 40);
  }
}
