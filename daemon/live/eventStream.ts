import type { LiveEvent } from "../../shared/live.ts";
import type { LiveSink, Subscription } from "./hub.ts";

/** Bytes that may wait for a slow client. Beyond that it gets nothing but, later, the newest state. */
const MAX_WAITING_BYTES = 256 * 1024;

const encoder = new TextEncoder();

/** A body of server-sent events. `subscribe` is called once, with the sink, when the body is about to be read. */
export function eventStream(subscribe: (sink: LiveSink) => Subscription): ReadableStream<Uint8Array> {
  let subscription: Subscription | null = null;
  let closed = false;
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        subscription = subscribe({
          ready: () => !closed && (controller.desiredSize ?? 0) > 0,
          send(event) {
            if (!closed) controller.enqueue(encoder.encode(eventText(event)));
          },
          close() {
            if (closed) return;
            closed = true;
            controller.close();
          },
        });
      },
      pull() {
        subscription?.resume();
      },
      cancel() {
        closed = true;
        subscription?.cancel();
      },
    },
    { highWaterMark: MAX_WAITING_BYTES, size: (chunk) => chunk.byteLength },
  );
}

/** JSON has no line breaks of its own, so that one `data` line is enough. */
function eventText(event: LiveEvent): string {
  return `event: ${event.type}\ndata: ${JSON.stringify(event.data)}\n\n`;
}
