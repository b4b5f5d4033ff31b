import { EventEmitter } from "node:events";

/** Where listeners are to run. */
export interface EventsScope {
  /** The running code is in this scope, or in one within it, which says more. */
  isWithin(): boolean;
  enter(emit: () => unknown): unknown;
  /** The emitter is a response, and the host has just ended it. */
  answered?(): void;
  /** The emitter is closed, and its listeners were told. */
  closed?(): void;
}

/**
 * Node tells of the parts of a body and of the end of an answer in whatever asynchronous context their connection has. From
 * here on whoever listens to this emitter is run in a scope.
 */
export function bindEvents(emitter: unknown, { isWithin, enter, answered, closed }: EventsScope): void {
  if (!(emitter instanceof EventEmitter)) return;
  const { emit } = emitter;
  const value = function (this: unknown, ...args: unknown[]): unknown {
    try {
      if (answered !== undefined && args[0] === "prefinish") answered();
      return isWithin() ? Reflect.apply(emit, this, args) : enter(() => Reflect.apply(emit, this, args));
    } finally {
      if (closed !== undefined && args[0] === "close") closed();
    }
  };
  Object.defineProperty(emitter, "emit", { value, writable: true, configurable: true, enumerable: false });
}
