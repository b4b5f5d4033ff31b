/** Counts activity, not open sockets: a window that was left open is no reason to stay. */
export interface IdleWatch {
  /** From now on idleness counts. */
  start(): void;
  /** Something was asked or reported. */
  touch(): void;
  stop(): void;
}

export interface IdleSurroundings {
  idleMs: number;
  /** A clock that a change of the wall clock does not move. */
  monotonicMs(): number;
  onIdle(): void;
}

/** Looks a few times per period, so a daemon leaves at most a tenth later than it should. */
export function watchIdle({ idleMs, monotonicMs, onIdle }: IdleSurroundings): IdleWatch {
  let lastMs = monotonicMs();
  let timer: NodeJS.Timeout | undefined;

  function look() {
    if (monotonicMs() - lastMs < idleMs) return;
    clearInterval(timer);
    onIdle();
  }

  return {
    start() {
      lastMs = monotonicMs();
      timer = setInterval(look, Math.max(10, Math.min(60_000, idleMs / 10))).unref();
    },
    touch() {
      lastMs = monotonicMs();
    },
    stop: () => clearInterval(timer),
  };
}
