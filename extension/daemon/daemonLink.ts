import type { DaemonConnection, Watch, WatchListener } from "../../daemon/client/daemonConnection.ts";
import { DaemonUnavailableError } from "../../daemon/client/errors.ts";
import type { LiveQuery } from "../../shared/live.ts";

/** A connection that a user can cut and take up again: watches made through it come back with it. */
export interface DaemonLink extends DaemonConnection {
  readonly running: boolean;
  /** From now on nothing is asked of the daemon and none is started; `reason` is said to whoever asks or watches. */
  stop(reason: string): void;
  resume(): void;
}

interface LinkedWatch {
  query: LiveQuery;
  listener: WatchListener;
  inner: Watch | null;
}

export function createDaemonLink(
  connect: () => DaemonConnection,
  onRunningChange: (running: boolean) => void,
): DaemonLink {
  const watches = new Set<LinkedWatch>();
  let connection: DaemonConnection | null = null;
  let stoppedBecause: string | null = null;

  const connected = () => {
    connection ??= connect();
    return connection;
  };
  const attach = (watch: LinkedWatch) => {
    if (stoppedBecause === null) watch.inner = connected().watch(watch.query, watch.listener);
    else watch.listener.connection("lost", stoppedBecause);
  };
  const disconnect = () => {
    for (const watch of watches) {
      watch.inner?.dispose();
      watch.inner = null;
    }
    connection?.dispose();
    connection = null;
  };

  return {
    get running() {
      return stoppedBecause === null;
    },
    async request(name, request) {
      if (stoppedBecause !== null) throw new DaemonUnavailableError(stoppedBecause);
      return connected().request(name, request);
    },
    watch(query, listener) {
      const watch: LinkedWatch = { query, listener, inner: null };
      watches.add(watch);
      attach(watch);
      return {
        update(next) {
          watch.query = next;
          watch.inner?.update(next);
        },
        dispose() {
          watches.delete(watch);
          watch.inner?.dispose();
        },
      };
    },
    stop(reason) {
      const wasRunning = stoppedBecause === null;
      stoppedBecause = reason;
      disconnect();
      for (const { listener } of watches) listener.connection("lost", reason);
      if (wasRunning) onRunningChange(false);
    },
    resume() {
      if (stoppedBecause === null) return;
      stoppedBecause = null;
      onRunningChange(true);
      for (const watch of watches) attach(watch);
    },
    dispose() {
      disconnect();
      watches.clear();
    },
  };
}
