import { type ApiRequest, type ApiResponse, type ApiRouteName, requestTarget } from "../../shared/api.ts";
import type { Discovery } from "../../shared/protocol.ts";
import type { ConnectionOptions, DaemonConnection, Watch } from "./daemonConnection.ts";
import { ApiRequestError, DaemonUnavailableError, doesNotAnswer } from "./errors.ts";
import { findDaemon } from "./finder.ts";
import { watchLive } from "./liveWatch.ts";
import { createTransport, type HttpAnswer, TransportError } from "./transport.ts";

const REQUEST_TIMEOUT_MS = 30_000;
/** An answer that takes so long may be that of a daemon that hangs, which is asked whether it is there. */
const ASK_AFTER_MS = 4_000;

/** Daemons may hand over to one another more than once before the newest stands. */
const MAX_REPEATS = 3;

/** Routes that answer differently when the same request comes twice. */
const unrepeatable: ReadonlySet<ApiRouteName> = new Set(["claimBudgetNotice", "shutdown"]);

/** Holds no socket and starts nothing until the first request or watch. */
export function createConnection(options: ConnectionOptions): DaemonConnection {
  const transport = createTransport();
  const watches = new Set<Watch>();
  let found: Promise<Discovery> | null = null;
  let disposed = false;

  /** One search at a time, whoever asks; its answer stands until somebody finds that daemon gone. */
  async function find(lost: Discovery | null): Promise<Discovery> {
    if (disposed) throw new DaemonUnavailableError("The connection to the daemon is closed.");
    if (lost !== null) await forget(lost);
    if (found === null) {
      const search = findDaemon({ options, transport, hadOne: lost !== null, isWanted: () => !disposed });
      found = search;
      search.catch(() => {
        if (found === search) found = null;
      });
    }
    return found;
  }

  /** Others may have found it gone as well, and be looking for the next already. */
  async function forget(lost: Discovery): Promise<void> {
    const before = found;
    const known = await before?.catch(() => null);
    if (found === before && known?.nonce === lost.nonce) found = null;
  }

  /** Long work is waited for, a daemon that hangs is not. */
  async function answerOf(
    discovery: Discovery,
    target: ReturnType<typeof requestTarget>,
  ): Promise<HttpAnswer> {
    let asking: NodeJS.Timeout | undefined;
    const hangs = new Promise<never>((_, reject) => {
      asking = setInterval(async () => {
        const proof = await transport.prove(discovery).catch(() => "dead");
        if (proof === "stranger") reject(new DaemonUnavailableError(doesNotAnswer(discovery)));
      }, ASK_AFTER_MS);
    });
    try {
      const answer = transport.send(discovery, { ...target, timeoutMs: REQUEST_TIMEOUT_MS });
      return await Promise.race([answer, hangs]);
    } finally {
      clearInterval(asking);
    }
  }

  async function request<Name extends ApiRouteName>(
    name: Name,
    parameters: ApiRequest<Name>,
  ): Promise<ApiResponse<Name>> {
    const target = requestTarget(name, parameters);
    let lost: Discovery | null = null;
    for (let repeatsLeft = MAX_REPEATS; ; repeatsLeft -= 1) {
      const discovery: Discovery = await find(lost);
      try {
        const answer = await answerOf(discovery, target);
        // Another daemon has come to this port, or the same home has a new one: its token is in its own file.
        if (answer.status === 401 && repeatsLeft > 0) {
          lost = discovery;
          continue;
        }
        return unwrap(answer);
      } catch (error) {
        if (!(error instanceof TransportError)) throw error;
        lost = discovery;
        if (repeatsLeft === 0 || (error.sent && unrepeatable.has(name))) {
          await forget(discovery);
          throw new DaemonUnavailableError(`The daemon went away: ${error.message}.`);
        }
      }
    }
  }

  return {
    request,
    watch(query, listener) {
      const live = watchLive(query, listener, { transport, find });
      const watch: Watch = {
        update: live.update,
        dispose() {
          watches.delete(watch);
          live.dispose();
        },
      };
      watches.add(watch);
      return watch;
    },
    dispose() {
      disposed = true;
      for (const watch of watches) watch.dispose();
      transport.dispose();
    },
  };
}

/** The body is the daemon's own, which has proved itself: trusted to be of the contract's shape. */
function unwrap<Name extends ApiRouteName>({ status, body }: HttpAnswer): ApiResponse<Name> {
  if (status >= 200 && status < 300) return body as ApiResponse<Name>;
  const { error, field } = (typeof body === "object" && body !== null ? body : {}) as Record<string, unknown>;
  const message = typeof error === "string" ? error : `The daemon answered with status ${status}.`;
  throw new ApiRequestError(status, message, typeof field === "string" ? field : undefined);
}
