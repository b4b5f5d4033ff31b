/** No daemon, and none could be started. `message` is one line that says why, for a user. */
export class DaemonUnavailableError extends Error {
  override name = "DaemonUnavailableError";
}

/** No daemon runs, and this client may not start one. */
export class NoDaemonError extends DaemonUnavailableError {
  override name = "NoDaemonError";
  constructor() {
    super("No daemon is running. Start it with `taximeter start`.");
  }
}

/** The daemon refused a request. `message` is its own sentence. */
export class ApiRequestError extends Error {
  override name = "ApiRequestError";
  readonly status: number;
  readonly field: string | undefined;
  constructor(status: number, message: string, field?: string) {
    super(message);
    this.status = status;
    this.field = field;
  }
}

/** Said of a daemon that runs and hangs, in one line. */
export function doesNotAnswer({ pid }: { pid: number }): string {
  return `The daemon (process ${pid}) is there and does not answer.`;
}
