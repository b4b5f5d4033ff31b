/**
 * HTTP clients by name. Each is made by a function without arguments and then asks
 * `{url, method, headers, body, form, turn}` → `{status, read: [kind, text]}`: `form` is what kind of answer is expected,
 * `turn` chooses one of the ways in which this client's users read such an answer.
 */
import { once } from "node:events";
import http2 from "node:http2";
import https from "node:https";
import { PassThrough } from "node:stream";
import zlib from "node:zlib";
import { nodeReaders, nodeStyles, webReaders, webStyles } from "./readers.mjs";

/** Only the client that is asked for is loaded, as in an app. */
const load = (name) => import(name).then((module) => module.default ?? module);

const withBody = ({ method, headers, body }) => ({ method, headers, ...(body === null ? {} : { body }) });

const inTurn = (styles, { form, turn }) => styles[form][turn % styles[form].length];

const viaFetch = (fetch, options) => async (step) => {
  const response = await fetch(step.url, { ...withBody(step), ...options });
  return { status: response.status, read: await webReaders[inTurn(webStyles, step)](response) };
};

/** Its bodies are Node's streams. */
const viaNodeFetch = (fetch) => async (step) => {
  const response = await fetch(step.url, withBody(step));
  const style = inTurn({ json: ["json", "text", "arrayBuffer"], ...nodeStyles }, step);
  const reader = webReaders[style];
  return {
    status: response.status,
    read: reader && style !== "half" ? await reader(response) : await nodeReaders[style](response.body),
  };
};

const decoders = {
  gzip: zlib.createGunzip,
  deflate: zlib.createInflate,
  br: zlib.createBrotliDecompress,
  zstd: zlib.createZstdDecompress,
};

/** Of a client that leaves decoding to the app. */
function decoded(body, encoding) {
  const decoder = decoders[encoding]?.();
  return decoder === undefined ? body : body.pipe(decoder);
}

const readNode = (step, body, encoding) =>
  step.form === "half"
    ? nodeReaders.half(body)
    : nodeReaders[inTurn({ json: ["whole", "onData"], ...nodeStyles }, step)](decoded(body, encoding));

const viaUndici = (dispatcherOf) => async () => {
  const undici = await load("undici");
  const dispatcher = dispatcherOf(undici);
  return async (step) => {
    const { statusCode, headers, body } = await undici.request(step.url, { ...withBody(step), dispatcher });
    const own = { json: ["json", "text", "arrayBuffer"] }[step.form]?.[step.turn % 3];
    const read =
      headers["content-encoding"] === undefined && own !== undefined
        ? await webReaders[own](body)
        : await readNode(step, body, headers["content-encoding"]);
    return { status: statusCode, read };
  };
};

const viaUndiciFetch = (options) => async () => {
  const { fetch, Agent } = await load("undici");
  return viaFetch(fetch, { dispatcher: new Agent(options) });
};

const viaNode = () => async (step) => {
  const { url, method, headers, body } = step;
  const request = https.request(url, { method, headers });
  if (body !== null) request.write(body.slice(0, 20));
  request.end(body?.slice(20));
  const [response] = await once(request, "response");
  return {
    status: response.statusCode,
    read: await readNode(step, response, response.headers["content-encoding"]),
  };
};

const viaHttp2 = () => {
  const sessions = new Map();
  return async (step) => {
    const { origin, pathname, search } = new URL(step.url);
    const session = sessions.get(origin) ?? http2.connect(origin);
    sessions.set(origin, session);
    const stream = session.request({ ":method": step.method, ":path": pathname + search, ...step.headers });
    stream.end(step.body ?? undefined);
    const [headers] = await once(stream, "response");
    // What its server has ended already is to Node's iterators a stream that broke off, whatever is left to read of it.
    const body = stream.closed ? stream.pipe(new PassThrough()) : stream;
    return { status: headers[":status"], read: await readNode(step, body, headers["content-encoding"]) };
  };
};

const viaAxios = async () => {
  const axios = await load("axios");
  const styles = {
    json: ["json", "text", "arraybuffer", "stream"],
    stream: ["stream", "text"],
    text: ["text"],
    half: ["stream"],
  };
  return async (step) => {
    const { url, method, headers, body } = step;
    const responseType = inTurn(styles, step);
    const { status, data } = await axios.request({
      url,
      method,
      headers,
      responseType,
      ...(body === null ? {} : { data: body }),
      // It parses JSON also where text is asked for.
      ...(responseType === "text" ? { transformResponse: (text) => text } : {}),
      validateStatus: () => true,
    });
    if (responseType === "json") return { status, read: ["json", JSON.stringify(data)] };
    if (responseType === "stream") return { status, read: await readNode(step, data) };
    return { status, read: ["text", data.toString()] };
  };
};

const viaGot = async () => {
  const { got } = await import("got");
  const styles = {
    json: ["json", "text", "buffer", "stream"],
    stream: ["stream", "text"],
    text: ["text"],
    half: ["stream"],
  };
  return async (step) => {
    const init = { ...withBody(step), throwHttpErrors: false, retry: { limit: 0 } };
    const responseType = inTurn(styles, step);
    if (responseType === "stream") {
      const stream = got.stream(step.url, init);
      // It flows as soon as it is answered: what reads it must be there by then.
      const through = stream.pipe(new PassThrough());
      const [response] = await once(stream, "response");
      const read = await readNode(step, through);
      if (step.form === "half") stream.destroy();
      return { status: response.statusCode, read };
    }
    const { statusCode, body } = await got(step.url, { ...init, responseType });
    const read = responseType === "json" ? ["json", JSON.stringify(body)] : ["text", body.toString()];
    return { status: statusCode, read };
  };
};

export const clients = {
  fetch: () => viaFetch(fetch),
  // So few that requests wait for one another's connections.
  "undici fetch": viaUndiciFetch({ allowH2: false, connections: 2 }),
  "undici fetch over HTTP/2": viaUndiciFetch({ allowH2: true, preferH2: true }),
  "undici request": viaUndici(({ Agent }) => new Agent({ allowH2: false, connections: 2 })),
  "undici request that decodes": viaUndici(({ Agent, interceptors }) =>
    new Agent({ allowH2: false }).compose(interceptors.decompress()),
  ),
  "undici request over HTTP/2": viaUndici(({ Agent }) => new Agent({ allowH2: true, preferH2: true })),
  "node:https": viaNode,
  "node:http2": viaHttp2,
  axios: viaAxios,
  "node-fetch 2": async () => viaNodeFetch(await load("node-fetch-2")),
  "node-fetch 3": async () => viaNodeFetch(await load("node-fetch-3")),
  got: viaGot,
};
