import { exported, isObject, member, type PackagePatch, wrapMethod } from "../packages.ts";

/** What builds its servers on it and brings it along. */
const BUILT_ON_WS = ["socket.io", "@fastify/websocket", "@nestjs/platform-ws", "express-ws", "koa-websocket"];

/**
 * `ws` takes over each connection that is to become a WebSocket in one method, whoever asks it to. All that its messages set
 * off is done for that request, until the connection is closed.
 */
export function webSockets(
  serve: <Result>(request: object, socket: unknown, step: () => Result) => Result,
): PackagePatch {
  return {
    package: "ws",
    broughtBy: BUILT_ON_WS,
    apply(exports) {
      // Its ES module loads the class by a file of its own.
      const server = exported(exports, "WebSocketServer") ?? exports;
      wrapMethod(member(server, "prototype"), "handleUpgrade", (method, self, args) => {
        const [request, socket] = args;
        const step = () => Reflect.apply(method, self, args);
        return isObject(request) ? serve(request, socket, step) : step();
      });
    },
  };
}
