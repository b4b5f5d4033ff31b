/** Looks at the team now and then, while somebody may see what comes of it: an editor that is open, for its notices. */
import { messageOf } from "../../shared/messageOf.ts";
export interface TeamWatch {
  /** Something was pushed: others may have, too. */
  pushed(): void;
  /** A team was joined or left, or is reached again. */
  changed(): void;
  start(): void;
  stop(): void;
}

/** What the whole team spends is no ticker; ten minutes of fifty developers cost some cents a month. */
export const LOOK_EVERY_MS = 10 * 60_000;

export function createTeamWatch(options: {
  isWatched(): boolean;
  look(): Promise<unknown>;
  nowMs(): number;
  log(line: string): void;
}): TeamWatch {
  const { isWatched, look, nowMs, log } = options;
  let lookedAtMs: number | null = null;
  let clock: NodeJS.Timeout | undefined;

  function lookNow(): void {
    lookedAtMs = nowMs();
    look().catch((error) => log(`team: ${messageOf(error)}`));
  }
  const isDue = () => lookedAtMs === null || Math.abs(nowMs() - lookedAtMs) >= LOOK_EVERY_MS;

  return {
    changed: lookNow,
    pushed: () => {
      if (isDue()) lookNow();
    },
    start: () => {
      clock = setInterval(() => {
        if (isWatched() && isDue()) lookNow();
      }, LOOK_EVERY_MS / 10).unref();
    },
    stop: () => clearInterval(clock),
  };
}
