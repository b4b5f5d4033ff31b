import { EventEmitter, once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { Script } from "./bodyCases.ts";

/** Time between the pieces of a body, so that each arrives by itself; a busy machine may still join some. */
const GAP_MS = 4;

export interface ScriptedServer {
  host: string;
  /** What the next requests are answered. */
  script: Script;
  /** Sockets that were ever opened to it. */
  readonly opened: number;
  /** Sockets that are open now. */
  open(): Promise<number>;
  close(): void;
}

export async function startScriptedServer(): Promise<ScriptedServer> {
  let opened = 0;
  const taken = new EventEmitter();
  const server: Server = createServer(async (request, response) => {
    request.resume();
    if (request.url === "/taken") {
      response.end();
      taken.emit("taken");
      return;
    }
    const { status, headers, pieces, ending } = scripted.script;
    response.on("error", () => {});
    if (ending === "mute") return;
    if (ending === "refuse") {
      request.socket.destroy();
      return;
    }
    response.writeHead(status, headers);
    response.flushHeaders();
    for (const piece of pieces) {
      if (ending !== "lockstep") await sleep(GAP_MS);
      if (response.destroyed) return;
      response.write(piece);
      if (ending === "lockstep") await once(taken, "taken");
    }
    await sleep(GAP_MS);
    if (ending === "end" || ending === "lockstep") response.end();
    else if (ending === "destroy") response.destroy();
  });
  server.on("connection", () => {
    opened += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const scripted: ScriptedServer = {
    host: `127.0.0.1:${port}`,
    script: { status: 200, headers: {}, pieces: [], ending: "end" },
    get opened() {
      return opened;
    },
    open: () =>
      new Promise((resolve, reject) => {
        server.getConnections((error, count) => (error ? reject(error) : resolve(count)));
      }),
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
  return scripted;
}
