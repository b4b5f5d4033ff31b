import { createServer, type Server, type Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { type Connection, openConnection } from "../../shim/delivery/connection.ts";

const servers: Server[] = [];
const connections: Connection[] = [];
afterEach(() => {
  for (const connection of connections.splice(0)) connection.close();
  for (const server of servers.splice(0)) server.close();
});

const setTimer = (step: () => void, delayMs: number) => {
  const timer = setTimeout(step, delayMs);
  return { cancel: () => clearTimeout(timer) };
};

/** A connection to a server that does as told with each request, whole, of each socket. */
async function connect(
  onRequest: (text: string, socket: Socket) => void,
  timeoutMs = 5_000,
): Promise<Connection> {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.on("data", (bytes) => onRequest(bytes.toString(), socket));
  });
  servers.push(server);
  const port = await new Promise<number>((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : 0);
    });
  });
  const connection = openConnection({ port, timeoutMs, setTimer });
  connections.push(connection);
  return connection;
}

const head = ["POST /v1/calls HTTP/1.1", "x-taximeter-run: run"];
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe("a connection to the daemon", () => {
  it("asks in whole requests, one after the other, over one socket", async () => {
    const asked: string[] = [];
    const connection = await connect((text, socket) => {
      asked.push(text);
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nans ${asked.length}`);
    });
    expect(await connection.request(head, "grün\n")).toEqual({ status: 200, text: "ans 1" });
    expect(await connection.request(["GET / HTTP/1.1"], "")).toEqual({ status: 200, text: "ans 2" });
    expect(asked).toEqual([
      expect.stringMatching(
        /^POST \/v1\/calls HTTP\/1\.1\r\nx-taximeter-run: run\r\nhost: 127\.0\.0\.1:\d+\r\ncontent-length: 6\r\n\r\ngrün\n$/,
      ),
      expect.stringMatching(/^GET \/ HTTP\/1\.1\r\nhost: .*\r\ncontent-length: 0\r\n\r\n$/),
    ]);
    expect(connection.open).toBe(true);
  });

  it.each([
    ["a length", "HTTP/1.1 201 Created\r\nDate: x\r\nContent-Length: 7\r\nVary: y\r\n\r\nna\u00efve!"],
    [
      "chunks",
      "HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nna\u00c3\r\n4\r\n\u00afve!\r\n0\r\n\r\n",
    ],
  ])("understands an answer with %s, wherever it is cut", async (kind, answer) => {
    const bytes = Buffer.from(answer, kind === "chunks" ? "latin1" : "utf8");
    for (let cut = 1; cut < bytes.length; cut += 3) {
      const connection = await connect(async (_text, socket) => {
        socket.setNoDelay(true);
        socket.write(bytes.subarray(0, cut));
        await wait(1);
        socket.write(bytes.subarray(cut));
      });
      expect(await connection.request(head, "")).toEqual({ status: 201, text: "na\u00efve!" });
      expect(connection.open).toBe(true);
    }
  });

  it.each([
    ["no HTTP", "SSH-2.0-OpenSSH_9.9\r\n\r\n"],
    ["no length", "HTTP/1.1 200 OK\r\n\r\n{}"],
    ["more than it says", "HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\n{}"],
    ["a chunk of no size", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nx\r\n"],
  ])("ends where the answer is %s", async (_, answer) => {
    const connection = await connect((_text, socket) => socket.write(answer));
    expect(await connection.request(head, "")).toBe("ended");
    expect(connection.open).toBe(false);
    expect(await connection.request(head, "")).toBe("ended");
  });

  it("ends after an answer that says so, and where something comes that nobody asked for", async () => {
    const closing = await connect((_text, socket) => {
      socket.write("HTTP/1.1 200 OK\r\nConnection: close\r\ncontent-length: 2\r\n\r\n{}");
    });
    expect(await closing.request(head, "")).toEqual({ status: 200, text: "{}" });
    expect(closing.open).toBe(false);
    const babbling = await connect(async (_text, socket) => {
      socket.write("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}");
      await wait(20);
      socket.write("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}");
    });
    expect(await babbling.request(head, "")).toEqual({ status: 200, text: "{}" });
    await expect.poll(() => babbling.open).toBe(false);
  });

  it("ends where the other end does, or was never there", async () => {
    const connection = await connect((_text, socket) => socket.destroy());
    expect(await connection.request(head, "")).toBe("ended");
    const halfClosing = await connect((_text, socket) => socket.end("HTTP/1.1 200"));
    expect(await halfClosing.request(head, "")).toBe("ended");
    const nowhere = openConnection({ port: 1, timeoutMs: 5_000, setTimer });
    expect(await nowhere.request(head, "")).toBe("ended");
  });

  it("gives up on who stays silent, and takes one question at a time", async () => {
    const connection = await connect(() => {}, 50);
    const first = connection.request(head, "");
    expect(await connection.request(head, "")).toBe("ended");
    expect(await first).toBe("silent");
    expect(connection.open).toBe(false);
  });
});
