import { PROTOCOL, proveIdentity } from "../../shared/protocol.ts";
import { loadBuiltin } from "../builtin.ts";
import { type Connection, openConnection } from "./connection.ts";
import type { Found } from "./discovery.ts";

/** What became of a batch. */
export type Delivery =
  | { outcome: "delivered"; rejected: number; answer: string }
  /** The daemon will never take it. */
  | { outcome: "refused" }
  /** It may do so later, or be another one by then. */
  | { outcome: "failed" };

/** Calls since the last delivery that are in no report. */
export interface UnseenCalls {
  /** They were lost. */
  dropped: number;
  /** They were not let out: a budget's hard stop, or a circuit breaker. */
  refused: number;
}

/** The daemon, as the one who brings it calls. */
export interface DaemonLink {
  /** Sends lines of NDJSON, none where there is only something to say of calls that left no line. */
  deliver(found: Found, lines: readonly string[], unseen: UnseenCalls): Promise<Delivery>;
  close(): void;
}

export interface DaemonLinkOptions {
  runId: string;
  timeoutMs: number;
  setTimer(step: () => void, delayMs: number): { cancel(): void };
}

/**
 * Speaks to the daemon over one connection. A connection's first request is the challenge: the token goes only over the
 * very connection whose other end has proved that it knows it already, so that a stranger on the port never gets it.
 */
export function createDaemonLink({ runId, timeoutMs, setTimer }: DaemonLinkOptions): DaemonLink {
  /** To the daemon of this mark, which has proved itself over it. */
  let proved: { connection: Connection; mark: string } | undefined;

  const close = () => {
    proved?.connection.close();
    proved = undefined;
  };

  const prove = async ({ discovery, mark }: Found): Promise<Connection | null> => {
    if (discovery.protocol !== PROTOCOL) return null;
    const challenge = loadBuiltin("crypto").randomBytes(32).toString("hex");
    const connection = openConnection({ port: discovery.port, timeoutMs, setTimer });
    const answer = await connection.request([`GET /v1/health?challenge=${challenge} HTTP/1.1`], "");
    if (typeof answer === "object" && answer.status === 200) {
      const expected = await proveIdentity(discovery, challenge);
      if (sameText(proofIn(answer.text), expected)) {
        proved = { connection, mark };
        return connection;
      }
    }
    connection.close();
    return null;
  };

  const post = async (
    connection: Connection,
    { discovery }: Found,
    lines: readonly string[],
    { dropped, refused }: UnseenCalls,
  ): Promise<Delivery | "ended"> => {
    const head = [
      "POST /v1/calls HTTP/1.1",
      `authorization: Bearer ${discovery.token}`,
      "content-type: application/x-ndjson",
      `x-taximeter-run: ${runId}`,
      `x-taximeter-process: ${process.pid}`,
    ];
    if (dropped > 0) head.push(`x-taximeter-dropped: ${dropped}`);
    if (refused > 0) head.push(`x-taximeter-refused: ${refused}`);
    const answer = await connection.request(head, `${lines.join("\n")}\n`);
    if (answer === "ended") return "ended";
    if (answer === "silent") return { outcome: "failed" };
    if (answer.status >= 200 && answer.status < 300) {
      return { outcome: "delivered", rejected: rejectedIn(answer.text), answer: answer.text };
    }
    return { outcome: answer.status === 400 || answer.status === 422 ? "refused" : "failed" };
  };

  return {
    async deliver(found, lines, unseen) {
      if (proved !== undefined && (proved.mark !== found.mark || !proved.connection.open)) close();
      if (proved !== undefined) {
        const delivery = await post(proved.connection, found, lines, unseen);
        // An idle connection may have been closed at the other end just now: a new one is proved, once.
        if (delivery !== "ended") return delivery;
        close();
      }
      const connection = await prove(found);
      const delivery = connection === null ? "ended" : await post(connection, found, lines, unseen);
      return delivery === "ended" ? { outcome: "failed" } : delivery;
    },
    close,
  };
}

function proofIn(text: string): string {
  const proof = objectIn(text)["proof"];
  return typeof proof === "string" ? proof : "";
}

function sameText(one: string, other: string): boolean {
  const [first, second] = [Buffer.from(one), Buffer.from(other)];
  return first.length === second.length && loadBuiltin("crypto").timingSafeEqual(first, second);
}

/** An answer is looked at only where anything was rejected, which is rare. */
function rejectedIn(text: string): number {
  if (!text.includes('"rejected"')) return 0;
  const results = objectIn(text)["results"];
  if (!Array.isArray(results)) return 0;
  return results.filter((result) => result?.outcome === "rejected").length;
}

function objectIn(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : {};
  } catch {
    return {};
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
