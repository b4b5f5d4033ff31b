import type { Endpoint } from "../../shared/call.ts";
import type { CapturedStack } from "../context/callSite.ts";
import type { SocketReader, SocketTurn } from "../extract/socketMessages.ts";
import type { Turn } from "./turn.ts";

/** A WebSocket to a provider, told of its messages by its transport. Nothing it does may throw. */
export interface Connection {
  /** Asked before a message of the client's leaves: why it must not, if so. */
  admit(message: string | Uint8Array): Error | undefined;
  sent(message: string | Uint8Array): void;
  received(message: string | Uint8Array): void;
  closed(): void;
}

export interface ConnectionStart {
  endpoint: Endpoint;
  /** Only where the user's `TAXIMETER_PROVIDERS` named it. */
  provider: string | undefined;
  reader: SocketReader;
  stack: CapturedStack | undefined;
}

export interface TurnKeeper {
  begin(): Turn;
  /** Whether the next turn may be asked for; `asked` tells whether it is, and of which model. */
  admit(asked: () => { model: string | null } | null): Error | undefined;
  /** There will be no next turn. */
  closed(): void;
}

/** Makes each turn that the messages tell of a call of its own. */
export function createConnection(reader: SocketReader, { begin, admit, closed }: TurnKeeper): Connection {
  /** Turns under way by what the provider calls them; of one without a name there is one at a time. */
  const turns = new Map<string | null, Turn>();
  const ended = (id: string | null, turn: SocketTurn) => {
    const begun = turns.get(id) ?? begin();
    turns.delete(id);
    begun.ended(turn);
  };
  return {
    admit: (message) => admit(() => reader.asks(message)),
    sent: reader.sent,
    received(message) {
      const news = reader.received(message);
      if (news === null) return;
      if (news.turn === "ended") ended(news.id, news);
      else if (!turns.has(news.id)) turns.set(news.id, begin());
    },
    closed() {
      for (const turn of turns.values()) turn.abandon();
      turns.clear();
      closed();
    },
  };
}
