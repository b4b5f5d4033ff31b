import type { Watch } from "../../daemon/client/daemonConnection.ts";
import type { LiveEvent, LiveQuery } from "../../shared/live.ts";
import type { DaemonLink } from "./daemonLink.ts";
import { afterEvent, initialMeterState, type MeterState } from "./meterState.ts";

/** How often at most listeners hear of changes: the eye follows no faster, and a busy app makes hundreds a second. */
const NOTIFY_EVERY_MS = 200;

export interface Meter {
  readonly state: MeterState;
  watch(query: LiveQuery): void;
  dispose(): void;
}

export interface MeterListener {
  /** The state changed; at most every 200 ms, the last change always. */
  changed(state: MeterState): void;
  /** Each event as it comes, for who must miss none. */
  event(event: LiveEvent): void;
  connected(): void;
}

/** The window's one live stream from the daemon, gathered into a state. */
export function createMeter(link: DaemonLink, listener: MeterListener): Meter {
  let state = initialMeterState;
  let watching: Watch | null = null;
  let timer: NodeJS.Timeout | null = null;
  let notifiedAt = Number.NEGATIVE_INFINITY;

  const notify = () => {
    timer = null;
    notifiedAt = performance.now();
    listener.changed(state);
  };
  const change = (next: MeterState) => {
    state = next;
    if (timer !== null) return;
    const waitMs = notifiedAt + NOTIFY_EVERY_MS - performance.now();
    if (waitMs <= 0) notify();
    else timer = setTimeout(notify, waitMs).unref();
  };

  return {
    get state() {
      return state;
    },
    watch(query) {
      if (watching !== null) {
        // The sum of another period or scope must not stand under the new one's name.
        state = { ...state, spend: null };
        watching.update(query);
        return;
      }
      watching = link.watch(query, {
        event(event) {
          change(afterEvent(state, event));
          listener.event(event);
        },
        connection(connection, detail) {
          const stopped = !link.running;
          // Figures of a daemon that went are kept: it comes back with the same ones, and nobody sees a flicker.
          change({ ...state, connection, detail, stopped });
          if (connection === "live") listener.connected();
        },
      });
    },
    dispose() {
      if (timer !== null) clearTimeout(timer);
      watching?.dispose();
    },
  };
}
