import type { IncomingMessage } from "node:http";
import { queryString } from "../../shared/api.ts";
import { LIVE_PATH, type LiveQuery } from "../../shared/live.ts";
import { messageOf } from "../../shared/messageOf.ts";
import type { Discovery } from "../../shared/protocol.ts";
import type { Watch, WatchListener } from "./daemonConnection.ts";
import { doesNotAnswer } from "./errors.ts";
import { createEventStreamReader } from "./eventStream.ts";
import { NotUnderstoodError, parseLiveEvent } from "./liveEvent.ts";
import type { Transport } from "./transport.ts";

const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 10_000;
/** The daemon sends its health every 15 s: three in a row unheard while it answers, and the stream is dead. */
const SILENCE_MS = 45_000;
/** A stream that is silent for so long may be that of a daemon that hangs, and is asked. With the question's own three
 * seconds a hung daemon is told of within some eight. */
const ASK_AFTER_MS = 5_000;
const OPENING_TIMEOUT_MS = 10_000;
/** As though so many attempts had failed: the next pause is of seconds. */
const RETRIES_OF_NONSENSE = 6;

export interface LiveWatchSurroundings {
  transport: Transport;
  /** Finds a daemon; `lost` one must not be handed out again unproved. */
  find(lost: Discovery | null): Promise<Discovery>;
}

/**
 * Keeps one live stream: whatever ends it, another is opened, with a pause that grows while the daemon stays away. Its
 * timers hold the process: who watches waits for events, and disposes when it no longer does.
 */
export function watchLive(
  query: LiveQuery,
  listener: WatchListener,
  { transport, find }: LiveWatchSurroundings,
): Watch {
  let current = query;
  let generation = 0;
  let failures = 0;
  let disposed = false;
  let stream: IncomingMessage | null = null;
  let retry: NodeJS.Timeout | undefined;

  function close() {
    generation += 1;
    clearTimeout(retry);
    stream?.destroy();
    stream = null;
  }

  async function open(lost: Discovery | null) {
    const mine = generation;
    const stale = () => disposed || mine !== generation;
    let discovery: Discovery | null = null;
    let detail = "The daemon has stopped.";
    let wasLive = false;
    // Who was told that it is lost hears next that it is back.
    if (failures === 0) listener.connection("connecting", null);
    try {
      discovery = await find(lost);
      if (stale()) return;
      const response = await transport.stream(
        discovery,
        LIVE_PATH + queryString(current),
        OPENING_TIMEOUT_MS,
      );
      if (stale()) {
        response.destroy();
        return;
      }
      if (response.statusCode !== 200) {
        response.destroy();
        throw new Error(`The daemon refused the live stream (${response.statusCode}).`);
      }
      stream = response;
      await read(response, discovery, stale, () => {
        wasLive = true;
        failures = 0;
        listener.connection("live", null);
      });
    } catch (error) {
      detail = messageOf(error);
      if (error instanceof NotUnderstoodError) {
        // It would say the same at once again.
        wasLive = false;
        failures = Math.max(failures, RETRIES_OF_NONSENSE);
      }
    }
    if (stale()) return;
    stream = null;
    // A daemon that was there a moment ago (it was idle, or a newer one takes over) is back in another.
    if (!wasLive) listener.connection("lost", detail);
    const pauseMs = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** failures) * (0.5 + Math.random() / 2);
    failures += 1;
    retry = setTimeout(() => void open(discovery), pauseMs);
  }

  async function read(
    response: IncomingMessage,
    discovery: Discovery,
    stale: () => boolean,
    onSnapshot: () => void,
  ): Promise<void> {
    let heardAtMs = performance.now();
    let hangs = false;
    let isAsking = false;
    const heard = () => {
      heardAtMs = performance.now();
      if (!hangs || stale()) return;
      hangs = false;
      listener.connection("live", null);
    };
    // The stream of a daemon that hangs is kept: whatever comes over it says that the daemon is back.
    const ask = async () => {
      const askedAtMs = performance.now();
      if (isAsking || askedAtMs - heardAtMs < ASK_AFTER_MS) return;
      isAsking = true;
      const proof = await transport.prove(discovery).catch(() => "dead");
      isAsking = false;
      if (stale() || response.destroyed || heardAtMs > askedAtMs) return;
      if (proof === "proved") {
        if (askedAtMs - heardAtMs > SILENCE_MS) response.destroy();
        else if (hangs) {
          hangs = false;
          listener.connection("live", null);
        }
      } else if (!hangs) {
        hangs = true;
        listener.connection("lost", doesNotAnswer(discovery));
      }
    };
    const asking = setInterval(() => void ask(), ASK_AFTER_MS / 5);
    const feed = createEventStreamReader(({ event, data }) => {
      const known = stale() ? null : parseLiveEvent(event, data);
      if (known === null) return;
      if (known.type === "snapshot") onSnapshot();
      listener.event(known);
    });
    response.setEncoding("utf8");
    try {
      for await (const text of response) {
        heard();
        feed(text);
      }
    } finally {
      clearInterval(asking);
    }
  }

  void open(null);
  return {
    update(next) {
      if (disposed) return;
      current = next;
      close();
      failures = 0;
      void open(null);
    },
    dispose() {
      disposed = true;
      close();
    },
  };
}
