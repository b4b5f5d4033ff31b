/** Rooms over WebSockets: each message is answered, and sets off AI calls. */
import { createServer } from "node:http";
import { WebSocketServer } from "ws";
import { answer, listening } from "./answer.mjs";

const server = createServer();
const sockets = new WebSocketServer({ server, perMessageDeflate: { threshold: 0 } });
sockets.on("connection", (socket) => {
  socket.on("message", async (message) => {
    socket.send(JSON.stringify(await answer(JSON.parse(message).n)));
  });
});
server.listen(0, () => listening(server));
