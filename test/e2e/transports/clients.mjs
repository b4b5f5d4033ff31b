/**
 * An app that makes one call after another with one HTTP client and prints what it got:
 * `node clients.mjs CLIENT BASE_URL SCENARIO…`. It meters nothing itself.
 */
import { once } from "node:events";
import http from "node:http";
import http2 from "node:http2";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { createBrotliDecompress, createGunzip } from "node:zlib";

/** Only the client that is asked for is loaded: what an app does not use must not be needed. */
const load = (name) => import(name).then((module) => module.default ?? module);

/** `{method, headers, body, signal}` → `{status, headers, body}`, where `body` gives bytes. */
const viaFetch = (fetch) => async (url, init) => {
  const response = await fetch(url, init);
  return { status: response.status, headers: Object.fromEntries(response.headers), body: response.body };
};

const viaUndici = (name, options) => async () => {
  const { request, Agent } = await load(name);
  const dispatcher = options === undefined ? undefined : new Agent(options);
  return async (url, init) => {
    const { statusCode, headers, body } = await request(url, {
      ...init,
      ...(dispatcher === undefined ? {} : { dispatcher }),
    });
    return { status: statusCode, headers, body };
  };
};

const decoded = ({ status, headers, body }) => {
  const decoders = { gzip: createGunzip, br: createBrotliDecompress };
  const decoder = decoders[headers["content-encoding"]]?.();
  return { status, headers, body: decoder === undefined ? body : body.pipe(decoder) };
};

const viaNode = async (url, { method, headers, body, signal }) => {
  const request = http.request(url, { method, headers, signal });
  request.write(body.slice(0, 10));
  request.end(body.slice(10));
  const [response] = await once(request, "response");
  return decoded({ status: response.statusCode, headers: response.headers, body: response });
};

const clients = {
  fetch: () => viaFetch(fetch),
  "fetch with a Request": () => viaFetch((url, init) => fetch(new Request(url, init))),
  "fetch of a stream": () =>
    viaFetch((url, { body, ...init }) =>
      fetch(url, { ...init, body: Readable.toWeb(Readable.from([Buffer.from(body)])), duplex: "half" }),
    ),
  "undici 4 request": viaUndici("undici-4"),
  "undici 5 request": viaUndici("undici-5"),
  "undici 6 request": viaUndici("undici-6"),
  "undici 7 request": viaUndici("undici-7"),
  "undici 8 request": viaUndici("undici-8"),
  "undici 8 request, one connection": viaUndici("undici-8", { connections: 1 }),
  "undici 8 request, HTTP/2": viaUndici("undici-8", { allowH2: true, useH2c: true }),
  "undici 5 fetch": async () => viaFetch((await load("undici-5")).fetch),
  "undici 6 fetch": async () => viaFetch((await load("undici-6")).fetch),
  "undici 7 fetch": async () => viaFetch((await load("undici-7")).fetch),
  "undici 8 fetch": async () => viaFetch((await load("undici-8")).fetch),
  "global fetch over an agent of undici 7": async () => {
    const { Agent } = await load("undici-7");
    const dispatcher = new Agent({ connections: 1 });
    return viaFetch((url, init) => fetch(url, { ...init, dispatcher }));
  },
  "undici 8 stream": async () => {
    const { stream } = await load("undici-8");
    return async (url, init) => {
      const through = new TransformStream();
      const writer = through.writable.getWriter();
      const { Writable } = await import("node:stream");
      let seen;
      const headersCame = new Promise((resolve) => {
        seen = resolve;
      });
      const done = stream(url, { ...init }, ({ statusCode, headers }) => {
        seen({ status: statusCode, headers, body: through.readable });
        return new Writable({
          write: (chunk, _encoding, callback) => void writer.write(chunk).then(() => callback(), callback),
          final: (callback) => void writer.close().then(() => callback(), callback),
          destroy: (error, callback) => void writer.abort(error).then(() => callback(error), callback),
        });
      });
      done.catch((error) => writer.abort(error).catch(() => {}));
      return Promise.race([headersCame, done.then(() => headersCame)]);
    };
  },
  "node:http": () => viaNode,
  "node:http2": () => {
    const sessions = new Map();
    return async (url, { method, headers, body, signal }) => {
      const { origin, pathname, search } = new URL(url);
      const session = sessions.get(origin) ?? http2.connect(origin);
      sessions.set(origin, session);
      const stream = session.request(
        { ":method": method, ":path": pathname + search, ...headers },
        signal === undefined ? {} : { signal },
      );
      stream.end(Buffer.from(body));
      const [answer] = await once(stream, "response");
      return decoded({ status: answer[":status"], headers: answer, body: stream });
    };
  },
  axios: async () => {
    const axios = await load("axios");
    return async (url, { method, headers, body, signal }) => {
      const response = await axios.request({
        url,
        method,
        headers,
        data: body,
        signal,
        responseType: "stream",
        validateStatus: () => true,
      });
      return { status: response.status, headers: response.headers, body: response.data };
    };
  },
  "axios over fetch": async () => {
    const axios = await load("axios");
    return async (url, { method, headers, body, signal }) => {
      const response = await axios.request({
        url,
        method,
        headers,
        data: body,
        signal,
        adapter: "fetch",
        responseType: "stream",
        validateStatus: () => true,
      });
      return { status: response.status, headers: response.headers, body: response.data };
    };
  },
  "node-fetch 2": async () => viaFetch(await load("node-fetch-2")),
  "node-fetch 3": async () => viaFetch(await load("node-fetch-3")),
  got: async () => {
    const { got } = await import("got");
    return async (url, { method, headers, body, signal }) => {
      const stream = got.stream(url, {
        method,
        headers,
        body,
        signal,
        throwHttpErrors: false,
        retry: { limit: 0 },
      });
      const [response] = await once(stream, "response");
      return { status: response.statusCode, headers: response.headers, body: stream };
    };
  },
  superagent: async () => {
    const superagent = await load("superagent");
    return async (url, { headers, body }) => {
      const response = await superagent
        .post(url)
        .set(headers)
        .send(body)
        .ok(() => true)
        .buffer(true)
        .parse((response, callback) => buffer(response).then((bytes) => callback(null, bytes), callback));
      return { status: response.status, headers: response.headers, body: [response.body] };
    };
  },
};

const [name, base, ...scenarios] = process.argv.slice(2);
const client = await clients[name]();

for (const scenario of scenarios) {
  const controller = new AbortController();
  const body = JSON.stringify({
    model: "gpt-4o-mini",
    messages: [{ role: "user", content: "the prompt" }],
    stream: /stream|stall|broken/.test(scenario),
  });
  const seen = { scenario };
  try {
    const answer = client(`${base}/${scenario}/v1/chat/completions?key=secret`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: "Bearer secret" },
      body,
      ...(/hang|stall/.test(scenario) ? { signal: controller.signal } : {}),
    });
    if (scenario === "hang") setTimeout(() => controller.abort(), 50);
    const { status, body: bytes } = await answer;
    seen.status = status;
    let text = "";
    for await (const part of bytes) {
      text += Buffer.from(part).toString();
      // By then both events of it may be here.
      if (scenario === "stall" && text.includes("completion")) controller.abort();
    }
    seen.text = text;
  } catch (error) {
    seen.error = `${error?.name} ${error?.code ?? ""} ${error?.message}`;
  }
  console.log(JSON.stringify(seen));
}
// What keeps connections open has done its work.
process.exit();
