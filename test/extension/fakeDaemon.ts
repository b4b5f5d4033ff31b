import type { DaemonConnection, WatchListener } from "../../daemon/client/daemonConnection.ts";
import type { ApiRouteName } from "../../shared/api.ts";
import type { LiveQuery } from "../../shared/live.ts";

export interface FakeWatch {
  query: LiveQuery;
  listener: WatchListener;
  disposed: boolean;
}

/** A daemon in memory: answers as it is told, remembers what was asked. */
export function createFakeDaemon(answer: (name: ApiRouteName, request: unknown) => unknown = () => ({})) {
  const requests: { name: ApiRouteName; request: unknown }[] = [];
  const watches: FakeWatch[] = [];
  let disposed = false;
  const connection: DaemonConnection = {
    async request(name, request) {
      requests.push({ name, request });
      // The border between a test's plain objects and the contract.
      return answer(name, request) as never;
    },
    watch(query, listener) {
      const watch: FakeWatch = { query, listener, disposed: false };
      watches.push(watch);
      return {
        update(next) {
          watch.query = next;
        },
        dispose() {
          watch.disposed = true;
        },
      };
    },
    dispose() {
      disposed = true;
    },
  };
  return {
    connection,
    requests,
    watches,
    get disposed() {
      return disposed;
    },
  };
}
