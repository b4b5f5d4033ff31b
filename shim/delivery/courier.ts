import type { Guard } from "../guard.ts";
import type { Reportable } from "../meter/meter.ts";
import type { DaemonLink, UnseenCalls } from "./daemon.ts";
import type { Found } from "./discovery.ts";
import type { Spool } from "./spool.ts";

export interface CourierCounts {
  sent: number;
  spooled: number;
  dropped: number;
  rejected: number;
  queued: number;
}

/** Brings reports to the daemon, or to the spool where there is none. */
export interface Courier {
  add(item: Reportable): void;
  /** Something will have to be looked at in so many milliseconds, whatever is added until then. */
  wakeIn(delayMs: number): void;
  /** Resolves when all that is queued now is with the daemon or in the spool. */
  flush(): Promise<void>;
  /** The process ends: everything not acknowledged goes to the spool, now. */
  spoolAll(): void;
  counts(): CourierCounts;
}

export interface CourierOptions {
  guard: Guard;
  link: DaemonLink;
  spool: Spool;
  discover(): Found | null;
  /** Lines are with the daemon for good, or in the spool. */
  handedOver(lines: readonly string[], to: "daemon" | "spool"): void;
  /** Calls that are under way and should be told of by now. */
  overdue(): Reportable[];
  /** In how many milliseconds the next of them will be, or `null`. */
  nextOverdueInMs(): number | null;
  /** What became of lines: the daemon's answer, or `null` where they wait on disk for it. */
  told?(lines: readonly string[], answer: string | null): void;
  /** How many calls were not let out so far. */
  refused(): number;
  now(): number;
  /** 0 ≤ x < 1. */
  random(): number;
  setTimer(step: () => void, delayMs: number): { cancel(): void };
  /** Runs a step when the host has done what it does now; not at all, if the process ends before that. */
  soon(step: () => void): void;
}

/** The longest that a call waits, and the shortest time between two deliveries. */
export const BATCH_DELAY_MS = 100;
/** The same while the daemon is away: fewer, larger files. */
const SPOOL_DELAY_MS = 500;
/**
 * After a pause a call waits only for those that end with it: a death by signal (Ctrl-C) can't be waited for, so what
 * has ended should be out of the process soon.
 */
const FIRST_DELAY_MS = 10;
/** Calls that are made into lines in one go: the first of them finds cold caches, the others find what it has left. */
const WRITTEN_TOGETHER = 8;
const MAX_QUEUED = 10_000;
const MAX_BATCH_ITEMS = 1_000;
const MAX_BATCH_LENGTH = 1_000_000;
const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 30_000;

export function createCourier(options: CourierOptions): Courier {
  const { guard, link, spool } = options;
  /** Ended just now, and still to be made into lines. */
  let fresh: Reportable[] = [];
  /** Lines to be sent. Their exchanges, with bodies and stacks, are let go of long before. */
  let queue: string[] = [];
  let draining = 0;
  /** Lines given to the daemon or to the disk and not acknowledged yet. */
  let underWay: string[] = [];
  let running: Promise<void> | undefined;
  let wakeAtMs = Number.POSITIVE_INFINITY;
  let timer: { cancel(): void } | undefined;
  let sentAtMs = Number.NEGATIVE_INFINITY;

  let retryAtMs = 0;
  let retryDelayMs = FIRST_RETRY_MS;
  let failedMark: string | undefined;
  let away = false;

  let sent = 0;
  let spooled = 0;
  let dropped = 0;
  let toldOf: UnseenCalls = { dropped: 0, refused: 0 };
  let rejected = 0;

  const told = (lines: readonly string[], answer: string | null) => {
    if (options.told !== undefined) guard.attempt(() => options.told?.(lines, answer));
  };

  const wakeIn = (delayMs: number) => {
    const atMs = options.now() + delayMs;
    if (atMs >= wakeAtMs) return;
    timer?.cancel();
    wakeAtMs = atMs;
    timer = options.setTimer(() => {
      timer = undefined;
      wakeAtMs = Number.POSITIVE_INFINITY;
      void flush();
    }, delayMs);
  };

  /**
   * Of a busy host done soon after calls have ended, a few together, and not when they are sent: what is kept until then
   * would outlive the young generation, and cost the host's garbage collector more than all else that is done here.
   */
  const writeLines = () => {
    const items = fresh;
    fresh = [];
    for (const item of items) {
      const line = guard.attempt(() => item.line());
      if (line === undefined) dropped += 1;
      else if (line !== null) queue.push(line);
    }
  };

  const nextBatch = (maxItems: number): string[] => {
    let length = 0;
    let taken = 0;
    while (taken < Math.min(maxItems, queue.length) && length < MAX_BATCH_LENGTH) {
      length += queue[taken]?.length ?? 0;
      taken += 1;
    }
    return queue.splice(0, taken);
  };

  const failed = (mark: string) => {
    failedMark = mark;
    // Between half and the whole of the delay, so that many processes don't come back at once.
    retryAtMs = options.now() + retryDelayMs * (0.5 + options.random() / 2);
    retryDelayMs = Math.min(LONGEST_RETRY_MS, retryDelayMs * 2);
  };

  /** Answers whether the daemon has dealt with the lines. */
  const deliver = async (lines: readonly string[]): Promise<boolean> => {
    const found = options.discover();
    if (found === null) return false;
    // A new daemon is tried at once, the one that failed after a while.
    if (found.mark === failedMark && options.now() < retryAtMs) return false;
    const unseen = { dropped, refused: options.refused() };
    const delivery = await link.deliver(found, lines, {
      dropped: unseen.dropped - toldOf.dropped,
      refused: unseen.refused - toldOf.refused,
    });
    if (delivery.outcome === "failed") {
      failed(found.mark);
      return false;
    }
    failedMark = undefined;
    retryDelayMs = FIRST_RETRY_MS;
    toldOf = unseen;
    if (delivery.outcome === "delivered") {
      sent += lines.length - delivery.rejected;
      rejected += delivery.rejected;
      told(lines, delivery.answer);
    } else rejected += lines.length;
    return true;
  };

  /** Sends what is there now. What comes in the meantime waits for its own turn, so that a busy host sends no more often. */
  const drain = async () => {
    fresh.push(...(guard.attempt(options.overdue) ?? []));
    writeLines();
    for (draining = queue.length; draining > 0; ) {
      underWay = nextBatch(Math.min(draining, MAX_BATCH_ITEMS));
      const lines = underWay;
      draining -= lines.length;
      const delivered = await deliver(lines).catch(() => false);
      away = !delivered;
      if (!delivered) told(lines, null);
      const isSpooled = !delivered && (await spool.write(lines));
      if (isSpooled) spooled += lines.length;
      else if (!delivered) dropped += lines.length;
      if (delivered || isSpooled)
        guard.attempt(() => options.handedOver(lines, delivered ? "daemon" : "spool"));
      underWay = [];
    }
    if (options.refused() > toldOf.refused) await deliver([]).catch(() => false);
  };

  const flush = (): Promise<void> => {
    running ??= drain()
      .catch(() => guard.failed())
      .finally(() => {
        running = undefined;
        sentAtMs = options.now();
        if (waiting() > 0) wakeIn(delay());
        const nextMs = guard.attempt(options.nextOverdueInMs) ?? null;
        if (nextMs !== null) wakeIn(Math.max(nextMs, BATCH_DELAY_MS));
      });
    return running;
  };

  const waiting = () => fresh.length + queue.length;
  const delay = () =>
    Math.max(FIRST_DELAY_MS, (away ? SPOOL_DELAY_MS : BATCH_DELAY_MS) - (options.now() - sentAtMs));

  return {
    add(item) {
      if (waiting() >= MAX_QUEUED) {
        dropped += 1;
        return;
      }
      fresh.push(item);
      if (fresh.length === WRITTEN_TOGETHER) options.soon(writeLines);
      if (running === undefined) wakeIn(delay());
    },
    wakeIn,
    async flush() {
      await running;
      await flush();
    },
    spoolAll() {
      writeLines();
      const unacknowledged = [...underWay, ...queue];
      underWay = [];
      queue = [];
      draining = 0;
      if (unacknowledged.length === 0) return;
      told(unacknowledged, null);
      if (spool.writeSync(unacknowledged)) spooled += unacknowledged.length;
      else dropped += unacknowledged.length;
    },
    counts: () => ({ sent, spooled, dropped, rejected, queued: waiting() }),
  };
}
