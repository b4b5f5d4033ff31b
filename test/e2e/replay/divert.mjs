/**
 * Preloaded into a client: whatever it sends to port 443 of any host goes to the replaying server on this machine instead
 * (`REPLAY_PORT`), without a word to the name service. Nobody above the socket can tell: certificates are checked against
 * the host that was asked for.
 */
import { Socket } from "node:net";

const port = Number(process.env.REPLAY_PORT);
const { connect } = Socket.prototype;

Socket.prototype.connect = function (...args) {
  // `net.connect` hands down its arguments as one list.
  const [options, ...rest] = Array.isArray(args[0]) ? args[0] : args;
  if (Number(options?.port) !== 443) return connect.apply(this, args);
  // By which a session of HTTP/2 knows whom it may ask.
  Object.defineProperty(this, "remotePort", { value: 443 });
  return connect.call(this, { ...options, host: "127.0.0.1", port }, ...rest);
};
