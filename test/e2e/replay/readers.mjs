/**
 * Ways to read a body to its end. Each answers `[kind, text]`: the text as it came, or, of `json`, what the client made of
 * it, written down again.
 */
import { PassThrough } from "node:stream";
import { pipeline } from "node:stream/promises";

const decode = (pieces) => Buffer.concat(pieces).toString();

async function iterate(body) {
  const pieces = [];
  for await (const piece of body) pieces.push(piece);
  return ["text", decode(pieces)];
}

async function pull(read) {
  const pieces = [];
  for (;;) {
    const { done, value } = await read();
    if (done) return ["text", decode(pieces)];
    pieces.push(value);
  }
}

function same(texts) {
  if (new Set(texts).size !== 1) throw new Error("the branches of one body differ");
  return ["text", texts[0]];
}

/** Nothing more of it is wanted. */
const HALF = ["half", ""];

/** Of what has `body`, `json`, `text` and the like. */
export const webReaders = {
  json: async (response) => ["json", JSON.stringify(await response.json())],
  text: async (response) => ["text", await response.text()],
  arrayBuffer: async (response) => ["text", Buffer.from(await response.arrayBuffer()).toString()],
  blob: async (response) => ["text", await (await response.blob()).text()],
  clone: async (response) => {
    const copy = response.clone();
    return same(await Promise.all([response.text(), copy.text()]));
  },
  iterateBody: (response) => iterate(response.body),
  getReader: (response) => {
    const reader = response.body.getReader();
    return pull(() => reader.read());
  },
  byob: (response) => {
    const reader = response.body.getReader({ mode: "byob" });
    return pull(() => reader.read(new Uint8Array(1_000)));
  },
  half: async (response) => {
    const reader = response.body.getReader();
    await reader.read();
    await reader.cancel();
    return HALF;
  },
  tee: async (response) => {
    const read = await Promise.all(response.body.tee().map(iterate));
    return same(read.map(([, text]) => text));
  },
};

export const webStyles = {
  json: ["json", "text", "arrayBuffer", "clone", "blob"],
  stream: ["iterateBody", "getReader", "text", "byob", "tee"],
  text: ["text"],
  half: ["half"],
};

/** Of Node's streams. */
export const nodeReaders = {
  whole: async (body) => ["json", JSON.stringify(JSON.parse((await iterate(body))[1]))],
  iterate,
  onData: (body) =>
    new Promise((resolve, reject) => {
      const pieces = [];
      body.on("data", (piece) => pieces.push(piece));
      body.on("end", () => resolve(["text", decode(pieces)]));
      body.on("error", reject);
    }),
  onReadable: (body) =>
    new Promise((resolve, reject) => {
      const pieces = [];
      body.on("readable", () => {
        for (let piece = body.read(); piece !== null; piece = body.read()) pieces.push(piece);
      });
      body.on("end", () => resolve(["text", decode(pieces)]));
      body.on("error", reject);
    }),
  half: (body) =>
    new Promise((resolve) => {
      // Some say of what is destroyed that it came to its end too early.
      body.on("error", () => {});
      body.once("data", () => {
        body.destroy();
        resolve(HALF);
      });
    }),
  piped: async (body) => {
    const through = new PassThrough();
    const [read] = await Promise.all([iterate(through), pipeline(body, through)]);
    return read;
  },
};

export const nodeStyles = {
  stream: ["iterate", "onData", "onReadable", "piped"],
  text: ["iterate"],
  half: ["half"],
};
