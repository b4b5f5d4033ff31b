import type { ApiRequest, ApiResponse, ApiRouteName } from "../../shared/api.ts";
import type { LiveEvent, LiveQuery } from "../../shared/live.ts";
import type { Connection } from "../../shared/messages.ts";

/**
 * How to run the daemon: with VS Code's own runtime, or with the Node that runs the command line. `env` is laid over the
 * client's own environment; `undefined` takes a variable out of it.
 */
export interface LaunchCommand {
  command: string;
  args: readonly string[];
  env: Readonly<Record<string, string | undefined>>;
}

export interface ConnectionOptions {
  home: string;
  /** The client's own version: a daemon that is older, of whatever protocol, is asked to hand over to ours. */
  version: string;
  /** `null`: use a daemon that runs, never start one. */
  launch: LaunchCommand | null;
}

export interface WatchListener {
  event(event: LiveEvent): void;
  /** `detail` is one line for a user where the connection is lost. */
  connection(connection: Connection, detail: string | null): void;
}

/** A live stream that outlives the daemon: it reconnects, starting the daemon again where it may, until disposed. */
export interface Watch {
  update(query: LiveQuery): void;
  dispose(): void;
}

/** The daemon, for its clients. Finds it, proves it, starts it, and finds it again when it has gone. */
export interface DaemonConnection {
  /**
   * One request to a named route. Rejects with `DaemonUnavailableError` where no daemon can be had and with
   * `ApiRequestError` where it refused. A daemon lost on the way is found again where repeating does no harm.
   */
  request<Name extends ApiRouteName>(name: Name, request: ApiRequest<Name>): Promise<ApiResponse<Name>>;
  watch(query: LiveQuery, listener: WatchListener): Watch;
  dispose(): void;
}
