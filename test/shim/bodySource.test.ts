import { createServer, type Server } from "node:http";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { watchBodyReaders } from "../../shim/observe/bodyReaders.ts";
import { type BodyListener, watchBodySource } from "../../shim/observe/bodySource.ts";
import { watchResponseBody } from "../../shim/observe/responseBody.ts";

/** What the next response sends, and how it ends. */
interface Script {
  chunks: Uint8Array[];
  ending: "end" | "destroy";
}

let server: Server;
let url: string;
let script: Script = { chunks: [], ending: "end" };

beforeAll(async () => {
  server = createServer(async (_request, response) => {
    response.writeHead(200, { "content-type": "application/octet-stream" });
    response.flushHeaders();
    for (const chunk of script.chunks) {
      response.write(chunk);
      await new Promise(setImmediate);
    }
    if (script.ending === "end") response.end();
    else response.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}/`;
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
});

interface Observed {
  bytes: Buffer;
  end: string[];
}

function listener(): BodyListener & Observed {
  const observed: BodyListener & Observed = {
    bytes: Buffer.alloc(0),
    end: [],
    chunk(bytes) {
      observed.bytes = Buffer.concat([observed.bytes, bytes]);
    },
    closed: () => observed.end.push("closed"),
    failed: () => observed.end.push("failed"),
    cancelled: () => observed.end.push("cancelled"),
  };
  return observed;
}

async function collect(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts);
}

async function drainWith(stream: ReadableStream<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  await stream.pipeTo(new WritableStream({ write: (part) => void parts.push(part) }));
  return Buffer.concat(parts);
}

function bodyOf(response: Response): ReadableStream<Uint8Array> {
  if (response.body === null) throw new Error("no body");
  return response.body;
}

/** Every way in which a host may read a body to its end. */
const ways: Record<string, (response: Response) => Promise<Buffer>> = {
  text: async (response) => Buffer.from(await response.text(), "utf8"),
  arrayBuffer: async (response) => Buffer.from(await response.arrayBuffer()),
  blob: async (response) => Buffer.from(await (await response.blob()).arrayBuffer()),
  "for await": (response) => collect(bodyOf(response)),
  reader: async (response) => {
    const reader = bodyOf(response).getReader();
    const parts: Uint8Array[] = [];
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return Buffer.concat(parts);
      parts.push(value);
    }
  },
  "BYOB reader": async (response) => {
    const reader = bodyOf(response).getReader({ mode: "byob" });
    const parts: Uint8Array[] = [];
    for (;;) {
      const { done, value } = await reader.read(new Uint8Array(5));
      if (value !== undefined) parts.push(Uint8Array.from(value));
      if (done) return Buffer.concat(parts);
    }
  },
  "reader made by its constructor": async (response) => {
    const reader = new ReadableStreamDefaultReader(bodyOf(response));
    const parts: Uint8Array[] = [];
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return Buffer.concat(parts);
      parts.push(value);
    }
  },
  "clone, both read": async (response) => {
    const [copy, own] = await Promise.all([response.clone().arrayBuffer(), response.arrayBuffer()]);
    expect(Buffer.from(copy).equals(Buffer.from(own))).toBe(true);
    return Buffer.from(own);
  },
  tee: async (response) => {
    const [left, right] = bodyOf(response).tee();
    const [one] = await Promise.all([collect(left), collect(right)]);
    return one;
  },
  pipeTo: (response) => drainWith(bodyOf(response)),
  pipeThrough: (response) => collect(bodyOf(response).pipeThrough(new TransformStream())),
  "a new Response": async (response) => Buffer.from(await new Response(bodyOf(response)).arrayBuffer()),
};

const watchers: Record<string, (response: Response, listener: BodyListener) => void> = {
  "at its source": (response, observed) => {
    expect(watchBodySource(bodyOf(response), observed)).toBe(true);
  },
  "by its readers": watchBodyReaders,
};
/** Seen at the source only. */
const unhookable = "reader made by its constructor";

const chunks = fc.array(
  fc.uint8Array({ minLength: 1, maxLength: 60 }).map((bytes) => bytes.map((byte) => 32 + (byte % 90))),
  { maxLength: 6 },
);

describe.each(Object.entries(watchers))("watching a body %s", (manner, watchBody) => {
  for (const [name, read] of Object.entries(ways)) {
    if (name === unhookable && manner === "by its readers") continue;
    it(`gives the host the same bytes and sees them all: ${name}`, async () => {
      await fc.assert(
        fc.asyncProperty(chunks, async (sent) => {
          script = { chunks: sent, ending: "end" };
          const response = await fetch(url);
          const observed = listener();
          watchBody(response, observed);
          const got = await read(response);
          expect(got.equals(Buffer.concat(sent))).toBe(true);
          // A blob and a pipe tell of their end a few turns after the host knows of it.
          await vi.waitFor(() => expect(observed.end).toEqual(["closed"]));
          expect(observed.bytes.equals(got)).toBe(true);
        }),
        { numRuns: 12 },
      );
    });

    it(`lets the same error through: ${name}`, async () => {
      const failure = async (watch: boolean) => {
        script = { chunks: [Buffer.from("some"), Buffer.from("more")], ending: "destroy" };
        const response = await fetch(url);
        const observed = listener();
        if (watch) watchBody(response, observed);
        const error: unknown = await read(response).then(
          () => null,
          (thrown) => thrown,
        );
        if (watch) await vi.waitFor(() => expect(observed.end).toEqual(["failed"]));
        return error instanceof Error ? [error.name, error.message, String(error.cause)] : error;
      };
      expect(await failure(true)).toEqual(await failure(false));
    });
  }

  it("sees a host that stops, however it stops", async () => {
    const stops: Record<string, (response: Response) => Promise<unknown>> = {
      "reader.cancel": async (response) => {
        const reader = bodyOf(response).getReader();
        await reader.read();
        await reader.cancel();
      },
      "break of a loop": async (response) => {
        for await (const _part of bodyOf(response)) break;
      },
      "stream.cancel unread": (response) => bodyOf(response).cancel("enough"),
      "cancel of both branches": async (response) => {
        const [left, right] = bodyOf(response).tee();
        await Promise.all([left.cancel(), right.cancel()]);
      },
    };
    for (const stop of Object.values(stops)) {
      script = { chunks: Array.from({ length: 5 }, () => Buffer.from("part")), ending: "end" };
      const response = await fetch(url);
      const observed = listener();
      watchBody(response, observed);
      await stop(response);
      expect(observed.end).toEqual(["cancelled"]);
    }
  });

  it("sees an abort, and the host gets its own reason", async () => {
    script = { chunks: Array.from({ length: 50 }, () => Buffer.from("part")), ending: "end" };
    const abort = new AbortController();
    const response = await fetch(url, { signal: abort.signal });
    const observed = listener();
    watchBody(response, observed);
    const reader = bodyOf(response).getReader();
    await reader.read();
    const reason = new Error("mine");
    abort.abort(reason);
    await expect(reader.read()).rejects.toBe(reason);
    expect(observed.end).toEqual(["failed"]);
  });

  it("asks the network for no more than the host does", async () => {
    const chunk = Buffer.alloc(64 * 1024, "x");
    script = { chunks: Array.from({ length: 200 }, () => chunk), ending: "end" };
    const response = await fetch(url);
    const observed = listener();
    watchBody(response, observed);
    const reader = bodyOf(response).getReader();
    await reader.read();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(observed.bytes.length).toBeLessThan(4 * chunk.length);
    await reader.cancel();
  });
});

describe("watching a body at its source", () => {
  it("leaves nothing that the host could notice on the response and its stream", async () => {
    script = { chunks: [Buffer.from("{}")], ending: "end" };
    const [plain, watched] = [await fetch(url), await fetch(url)];
    const body = bodyOf(watched);
    watchBodySource(body, listener());
    expect(watched.body).toBe(body);
    expect(watched.json).toBe(Response.prototype.json);
    expect(Reflect.ownKeys(watched)).toEqual(Reflect.ownKeys(plain));
    expect(Reflect.ownKeys(body)).toEqual(Reflect.ownKeys(bodyOf(plain)));
    expect(body.getReader).toBe(ReadableStream.prototype.getReader);
    expect(watched.bodyUsed).toBe(false);
    expect(body.locked).toBe(false);
    expect(await watched.json()).toEqual({});
    await plain.text();
  });

  it("says so where the source is out of reach, and has touched nothing", () => {
    const stranger = Object.freeze({ getReader() {} });
    expect(watchBodySource(stranger as unknown as ReadableStream, listener())).toBe(false);
  });
});

describe("watching a body by its readers", () => {
  it("is done where the source is out of reach", async () => {
    const parts = [Buffer.from("one "), Buffer.from("two")];
    const read = async () => ({ done: parts.length === 0, value: parts.shift() });
    const response = new Response("");
    // As another runtime's own kind of stream.
    Object.defineProperty(response, "body", { value: { locked: false, getReader: () => ({ read }) } });
    const observed = listener();
    watchResponseBody(response, observed);
    const reader = bodyOf(response).getReader();
    while (!(await reader.read()).done);
    expect(observed.bytes.toString()).toBe("one two");
    expect(observed.end).toEqual(["closed"]);
  });

  it("gives the host its own JSON, or its own error, and sees what it means", async () => {
    const text = '{ "usage": {"input_tokens": 1.50e2}, "é": ["🙂", null] }';
    script = { chunks: [Buffer.from(text)], ending: "end" };
    const response = await fetch(url);
    const observed = listener();
    watchBodyReaders(response, observed);
    expect(await response.json()).toEqual(JSON.parse(text));
    expect(JSON.parse(observed.bytes.toString())).toEqual(JSON.parse(text));
    expect(observed.end).toEqual(["closed"]);
    await expect(response.json()).rejects.toThrow("Body");

    script = { chunks: [Buffer.from("no JSON")], ending: "end" };
    const failures = [];
    for (const watch of [false, true]) {
      const broken = await fetch(url);
      if (watch) watchBodyReaders(broken, listener());
      failures.push(await broken.json().catch(String));
    }
    expect(failures[1]).toBe(failures[0]);
  });

  it("sees what any branch sees, once, and is cancelled when all are", async () => {
    const sent = ["one ", "two ", "three"].map((text) => Buffer.from(text));
    script = { chunks: sent, ending: "end" };
    const response = await fetch(url);
    const observed = listener();
    watchBodyReaders(response, observed);
    const copy = response.clone();
    const [left, right] = bodyOf(copy).tee();
    const first = left.getReader();
    await first.read();
    await Promise.race([first.cancel(), new Promise(setImmediate)]);
    void bodyOf(response).cancel();
    expect(observed.end).toEqual([]);
    expect((await collect(right)).equals(Buffer.concat(sent))).toBe(true);
    expect(observed.bytes.equals(Buffer.concat(sent))).toBe(true);
    expect(observed.end).toEqual(["closed"]);
  });

  it("leaves a pipe's errors, options and refusals to the host", async () => {
    const outcomes = [];
    for (const watch of [false, true]) {
      const seen: unknown[] = [];
      const open = async () => {
        script = { chunks: [Buffer.from("one"), Buffer.from("two")], ending: "end" };
        const response = await fetch(url);
        if (watch) watchBodyReaders(response, listener());
        return bodyOf(response);
      };
      const broken = () =>
        new WritableStream({
          write() {
            throw new Error("full");
          },
        });
      seen.push(await (await open()).pipeTo(broken()).catch(String));
      const kept = await open();
      seen.push(await kept.pipeTo(broken(), { preventCancel: true }).catch(String), kept.locked);
      await kept.cancel();
      const unclosed = new WritableStream();
      seen.push(await (await open()).pipeTo(unclosed, { preventClose: true }), unclosed.locked);
      seen.push(await unclosed.close());
      const refused = await open();
      seen.push(
        await refused.pipeTo({} as WritableStream).then(String, (error) => error.name),
        refused.locked,
      );
      expect(() => refused.pipeThrough({} as TransformStream)).toThrow(TypeError);
      seen.push(refused.locked);
      await refused.cancel();
      const abort = new AbortController();
      const aborted = (await open()).pipeTo(new WritableStream(), { signal: abort.signal });
      abort.abort("mine");
      seen.push(await aborted.catch(String));
      outcomes.push(seen);
    }
    expect(outcomes[1]).toEqual(outcomes[0]);
  });
});
