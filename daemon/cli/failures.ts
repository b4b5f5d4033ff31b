import { InvalidArgumentError } from "commander";
import { ownValue } from "../../shared/ownValue.ts";
import { ApiRequestError, DaemonUnavailableError } from "../client/errors.ts";

/** The command could not do what it was asked: exit code 1, and `message` is the one line that says why. */
export class CommandFailure extends Error {
  override name = "CommandFailure";
}

/** The command was not used as it is meant to be: exit code 2. */
export class UsageError extends Error {
  override name = "UsageError";
}

/** How a command ends: 0 done, 1 failed, 2 wrong usage; `line` goes to standard error. */
export interface Ending {
  code: 0 | 1 | 2;
  line: string | null;
}

export function endingOf(error: unknown): Ending {
  if (error instanceof UsageError || error instanceof InvalidArgumentError) return wrongUsage(error.message);
  // What the daemon calls a bad request came from this command's arguments.
  if (error instanceof ApiRequestError && error.status === 400) return wrongUsage(inOptions(error));
  if (
    error instanceof CommandFailure ||
    error instanceof ApiRequestError ||
    error instanceof DaemonUnavailableError
  ) {
    return { code: 1, line: oneLine(error.message) };
  }
  return {
    code: 1,
    line: oneLine(error instanceof Error ? `${error.name}: ${error.message}` : String(error)),
  };
}

/** Parameters of the API that the command line calls otherwise. */
const optionNames: Readonly<Record<string, string>> = {
  from: "--since",
  to: "--until",
  limit: "--limit",
  cursor: "--cursor",
  hardStop: "--hard-stop",
};

function inOptions({ message, field = "" }: ApiRequestError): string {
  const option = ownValue(optionNames, field);
  return option !== undefined && message.startsWith(`${field} `)
    ? `${option}${message.slice(field.length)}`
    : message;
}

function wrongUsage(message: string): Ending {
  return { code: 2, line: oneLine(message) };
}

export function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, " ").trim();
}
