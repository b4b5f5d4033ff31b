import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import { chatAnswer, chatEvents } from "../../shim/lib/provider.ts";

/** How a host gets at a body: the names of `bodyHost.mjs`. */
export const reads = [
  ...["reader", "byob", "forAwait", "nodeStream", "tee", "clone", "cloneLeft", "pipeTo", "pipeToNode"],
  ...["pipeThrough", "transferred", "newResponse", "json", "text", "arrayBuffer", "blob", "formData"],
  ...["textTwice", "halfThenCancel", "halfThenReleased", "halfThenBreak", "halfThenThrow", "cancelUnread"],
  "neverRead",
] as const;
type Read = (typeof reads)[number];

const encoders = {
  identity: (bytes: Buffer) => bytes,
  gzip: (bytes: Buffer) => gzipSync(bytes),
  br: (bytes: Buffer) => brotliCompressSync(bytes),
  deflate: (bytes: Buffer) => deflateSync(bytes),
  // Said to be compressed, and is not.
  garbage: (bytes: Buffer) => bytes,
};
type Encoding = keyof typeof encoders;

/** What a server sends, and how the sending ends. */
export interface Script {
  status: number;
  headers: Record<string, string>;
  /** Written one by one, each by itself. */
  pieces: Buffer[];
  /**
   * `mute`: not even headers come, and the host gives up. `hang`: no more comes. `lockstep`: it ends, and each piece is
   * sent when somebody said at `/taken` that he has the one before.
   */
  ending: "end" | "destroy" | "hang" | "mute" | "refuse" | "lockstep";
}

export interface BodyCase {
  script: Script;
  read: Read | "lockstep";
  /** Chunks after which a host that reads half stops. */
  stopAfter: number;
  /** The host aborts so long after it asked, or never. */
  abortAfterMs: number | null;
  /** The usage that is in the body, where it can be read at all. */
  usage: unknown;
}

const contents = fc.oneof(
  fc.string({ maxLength: 400, unit: "grapheme" }).map((text) => ({
    type: "application/json",
    bytes: Buffer.from(JSON.stringify({ ...chatAnswer, choices: [{ message: { content: text } }] })),
    usage: chatAnswer.usage as unknown,
  })),
  fc.constant({
    type: "text/event-stream; charset=utf-8",
    bytes: Buffer.from(chatEvents.join("")),
    usage: { prompt_tokens: 11, completion_tokens: 7 } as unknown,
  }),
  fc
    .tuple(
      fc.uint8Array({ maxLength: 300 }),
      fc.constantFrom(
        "application/json",
        "text/event-stream",
        "application/octet-stream",
        "multipart/form-data",
      ),
    )
    .map(([bytes, type]) => ({ type, bytes: Buffer.from(bytes), usage: undefined as unknown })),
);

const endings = fc.oneof(
  { weight: 4, arbitrary: fc.constant("end" as const) },
  { weight: 2, arbitrary: fc.constant("destroy" as const) },
  { weight: 1, arbitrary: fc.constantFrom("hang" as const, "mute" as const, "refuse" as const) },
);

const encodings = fc.constantFrom<Encoding[]>("identity", "identity", "gzip", "br", "deflate", "garbage");

/** A body cut anywhere, sent in any form, ended in any way, and read in any way. */
export const bodyCases: fc.Arbitrary<BodyCase> = fc
  .record({
    content: contents,
    encoding: encodings,
    cuts: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 5 }),
    kept: fc.double({ min: 0, max: 1, noNaN: true }),
    status: fc.constantFrom(200, 200, 200, 201, 400, 429, 500),
    read: fc.constantFrom(...reads),
    ending: endings,
    stopAfter: fc.integer({ min: 1, max: 3 }),
  })
  .map(({ content, encoding, cuts, kept, status, read, ending: anyEnding, stopAfter }) => {
    // Of two errors at once either may come first.
    const ending = encoding === "garbage" ? "end" : anyEnding;
    const whole = encoders[encoding](content.bytes);
    const all = piecesOf(whole, cuts);
    const isWhole = ending === "end" && encoding !== "garbage" && status < 300;
    return {
      script: {
        status,
        headers: {
          "content-type": content.type,
          ...(encoding === "identity"
            ? {}
            : { "content-encoding": encoding === "garbage" ? "gzip" : encoding }),
        },
        pieces: ending === "end" ? all : all.slice(0, Math.ceil(kept * all.length)),
        ending,
      },
      read,
      stopAfter,
      abortAfterMs: ending === "hang" || ending === "mute" ? 60 : null,
      usage: isWhole ? content.usage : undefined,
    };
  });

function piecesOf(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const places = [...new Set(cuts.map((cut) => Math.floor(cut * bytes.length)))].toSorted((a, b) => a - b);
  return [0, ...places]
    .map((from, index) => bytes.subarray(from, places[index] ?? bytes.length))
    .filter((piece) => piece.length > 0);
}
