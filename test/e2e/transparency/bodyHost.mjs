/**
 * A host that reads bodies in every way there is, and tells what it saw. Asked over its IPC channel, one case at a time:
 * `{url, method, headers, read, stopAfter, abortAfterMs}`; answers with a `Sight`.
 */
import { Readable, Writable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";

const hex = (bytes) => Buffer.from(bytes).toString("hex");

/** The chunks of a stream by its default reader, as many as are asked for. */
async function chunksOf(stream, chunks, most = Number.POSITIVE_INFINITY) {
  const reader = stream.getReader();
  while (chunks.length < most) {
    const { done, value } = await reader.read();
    if (done) break;
    chunks.push(hex(value));
  }
  return reader;
}

/** Each way of reading: adds what it got to `sight.chunks`, and to `sight.notes` what else can be told. */
const ways = {
  reader: ({ response, chunks }) => chunksOf(response.body, chunks),
  async byob({ response, chunks }) {
    const reader = response.body.getReader({ mode: "byob" });
    for (;;) {
      const { done, value } = await reader.read(new Uint8Array(11));
      if (value?.byteLength) chunks.push(hex(value));
      if (done) return;
    }
  },
  async forAwait({ response, chunks }) {
    for await (const chunk of response.body) chunks.push(hex(chunk));
  },
  async lockstep({ response, chunks }) {
    for await (const chunk of response.body) {
      chunks.push(hex(chunk));
      await fetch(new URL("/taken", response.url));
    }
  },
  async nodeStream({ response, chunks }) {
    for await (const chunk of Readable.fromWeb(response.body)) chunks.push(hex(chunk));
  },
  async tee({ response, chunks, notes }) {
    const [left, right] = response.body.tee();
    const others = [];
    const ends = await Promise.allSettled([chunksOf(left, chunks), chunksOf(right, others)]);
    notes.push(others);
    for (const end of ends) if (end.status === "rejected") throw end.reason;
  },
  async clone({ response, chunks, notes }) {
    const copy = response.clone();
    const ends = await Promise.allSettled([chunksOf(response.body, chunks), copy.text()]);
    notes.push(ends[1].value);
    for (const end of ends) if (end.status === "rejected") throw end.reason;
  },
  async cloneLeft({ response, chunks, notes }) {
    const copy = response.clone();
    const left = response.body.cancel("not wanted");
    await chunksOf(copy.body, chunks);
    notes.push(String(await left));
  },
  async pipeTo({ response, chunks }) {
    await response.body.pipeTo(new WritableStream({ write: (chunk) => void chunks.push(hex(chunk)) }));
  },
  async pipeToNode({ response, chunks }) {
    const sink = new Writable({
      write(chunk, _encoding, done) {
        chunks.push(hex(chunk));
        setImmediate(done);
      },
    });
    await response.body.pipeTo(Writable.toWeb(sink));
  },
  async pipeThrough({ response, notes }) {
    for await (const text of response.body.pipeThrough(new TextDecoderStream())) notes.push(text);
  },
  async transferred({ response, chunks }) {
    const body = structuredClone(response.body, { transfer: [response.body] });
    await chunksOf(body, chunks);
  },
  async newResponse({ response, chunks }) {
    chunks.push(hex(await new Response(response.body, response).arrayBuffer()));
  },
  async json({ response, notes }) {
    notes.push(await response.json());
  },
  async text({ response, notes }) {
    notes.push(await response.text());
  },
  async arrayBuffer({ response, chunks }) {
    chunks.push(hex(await response.arrayBuffer()));
  },
  async blob({ response, chunks, notes }) {
    const blob = await response.blob();
    notes.push(blob.type, blob.size);
    chunks.push(hex(await blob.arrayBuffer()));
  },
  async formData({ response, notes }) {
    notes.push([...(await response.formData()).keys()]);
  },
  async textTwice({ response, notes }) {
    notes.push(await response.text());
    await response.text();
  },
  async halfThenCancel({ response, chunks, stopAfter, notes }) {
    const reader = await chunksOf(response.body, chunks, stopAfter);
    notes.push(String(await reader.cancel(new Error("enough"))));
  },
  async halfThenReleased({ response, chunks, stopAfter }) {
    const reader = await chunksOf(response.body, chunks, stopAfter);
    reader.releaseLock();
    await chunksOf(response.body, chunks);
  },
  async halfThenBreak({ response, chunks, stopAfter }) {
    for await (const chunk of response.body) if (chunks.push(hex(chunk)) >= stopAfter) break;
  },
  async halfThenThrow({ response, chunks, stopAfter }) {
    for await (const chunk of response.body) {
      if (chunks.push(hex(chunk)) >= stopAfter) throw new RangeError("of the host");
    }
  },
  async cancelUnread({ response, notes }) {
    notes.push(String(await response.body.cancel()));
  },
  async neverRead() {},
};

/** An error as a host can look at it; a reason that is no error as it is. */
function told(error) {
  if (!(error instanceof Error)) return error === undefined ? null : { thrown: String(error) };
  const { name, message, code } = error;
  return { name, message, code: code ?? null, kind: error.constructor.name, cause: told(error.cause) };
}

/** A case that takes so long never ends. */
const HUNG_MS = 800;

async function see({ url, method, headers, body, read, stopAfter, abortAfterMs }) {
  const abort = new AbortController();
  const reason = new Error("the host's own reason");
  const sight = {
    status: null,
    headers: null,
    chunks: [],
    notes: [],
    error: null,
    own: false,
    hung: null,
    after: null,
  };
  const timer = abortAfterMs === null ? undefined : setTimeout(() => abort.abort(reason), abortAfterMs);
  let response;
  try {
    response = await fetch(url, { method, headers, body, signal: abort.signal });
    sight.status = response.status;
    sight.headers = [...response.headers].filter(([name]) => name !== "date");
    const reading = ways[read]({ response, chunks: sight.chunks, notes: sight.notes, stopAfter });
    // Some ends never reach the host on Node 20 and 22: of a transferred stream, of what is not compressed as it says.
    sight.hung = (await Promise.race([reading, sleep(HUNG_MS, true, { ref: false })])) ?? null;
  } catch (error) {
    sight.error = told(error);
    sight.own = error === reason;
  }
  clearTimeout(timer);
  sight.after = response && { used: response.bodyUsed, locked: response.body?.locked ?? null };
  return sight;
}

/** Sockets under way to anybody, when what is left of this case is collected. */
async function socketsLeft() {
  for (let round = 0; round < 3; round += 1) {
    globalThis.gc();
    await sleep(10);
  }
  return process.getActiveResourcesInfo().filter((kind) => kind === "TCPSocketWrap").length;
}

process.on("message", async ({ id, ask, sockets }) => {
  process.send({ id, answer: sockets ? await socketsLeft() : await see(ask) });
});

process.on("disconnect", () => process.exit(0));
