import type { TeamProblemKind } from "../../shared/team.ts";

/** Why the team's database could not be read or written. `message` is a sentence for the developer, without any secret. */
export class TeamFailure extends Error {
  override name = "TeamFailure";
  readonly kind: TeamProblemKind;
  /** Trying again with less at once may help. */
  readonly tooMuch: boolean;
  constructor(kind: TeamProblemKind, message: string, { tooMuch = false } = {}) {
    super(message);
    this.kind = kind;
    this.tooMuch = tooMuch;
  }
}

export const sentences: Record<TeamProblemKind, string> = {
  noToken: "The team's token is not known any more: give it again, in VS Code or by `taximeter team join`.",
  unreachable: "The team's database can't be reached. What is spent is kept here and pushed later.",
  refused:
    "The team's database refuses the token: it has expired, was revoked, or is for another database. Join again with a new one; what is spent is kept here until then.",
  readOnlyToken: "The token for the team's database may only read: the team is shown, and nothing is pushed.",
  blocked:
    "The team's database is blocked by its provider: the plan's quota is used up. What is spent is kept here and pushed later.",
  limited: "The team's database asks for fewer requests. What is spent is kept here and pushed later.",
  failing: "The team's database has trouble of its own. What is spent is kept here and pushed later.",
  noDatabase: "What answers at the team's address is no libSQL database. Check the URL.",
  schemaTooNew:
    "The team's database was changed by a newer Taximeter: update this one. Until then the team is shown, and nothing is pushed.",
};

/**
 * What an error of the client, of `fetch` or of the server means. Nothing of its text is passed on: a server's answer could
 * hold anything.
 */
export function teamFailureOf(error: unknown): TeamFailure {
  if (error instanceof TeamFailure) return error;
  const { kind, tooMuch } = readingOf(error);
  return new TeamFailure(kind, sentences[kind], { tooMuch });
}

function readingOf(error: unknown): { kind: TeamProblemKind; tooMuch?: boolean } {
  const code = textOf(error, "code");
  const message = error instanceof Error ? error.message : "";
  if (code === "BLOCKED" || /\bBLOCKED\b|(reads|writes) are blocked/i.test(message))
    return { kind: "blocked" };
  const status = statusOf(error);
  if (status !== null) return readingOfStatus(status);
  switch (code) {
    case "SQLITE_READONLY":
    case "SQLITE_AUTH":
      return { kind: "readOnlyToken" };
    case "HRANA_PROTO_ERROR":
    case "PROTOCOL_VERSION_ERROR":
    case "URL_SCHEME_NOT_SUPPORTED":
    case "URL_INVALID":
      return { kind: "noDatabase" };
    case "HRANA_CLOSED_ERROR":
      return { kind: "unreachable" };
    default:
  }
  if (/not authorized|readonly database/i.test(message)) return { kind: "readOnlyToken" };
  if (code?.startsWith("SQLITE_") || code?.startsWith("TRANSACTION_"))
    return { kind: "failing", tooMuch: /too big|too large/i.test(message) };
  // What can't be read is no answer of a libSQL server.
  if (error instanceof SyntaxError || causeOf(error) instanceof SyntaxError) return { kind: "noDatabase" };
  return { kind: "unreachable" };
}

function readingOfStatus(status: number): { kind: TeamProblemKind; tooMuch?: boolean } {
  if (status === 401) return { kind: "refused" };
  // sqld's answer to a token that may read and no more.
  if (status === 403) return { kind: "readOnlyToken" };
  if (status === 429) return { kind: "limited" };
  if (status === 413) return { kind: "limited", tooMuch: true };
  if (status === 408 || status === 502 || status === 503 || status === 504)
    return { kind: "unreachable", tooMuch: true };
  if (status >= 500) return { kind: "failing" };
  return { kind: "noDatabase" };
}

/** The HTTP status that stands in the error or in what caused it. */
function statusOf(error: unknown): number | null {
  for (
    let each: unknown = error, depth = 0;
    each instanceof Error && depth < 5;
    each = each.cause, depth += 1
  ) {
    const status: unknown = Reflect.get(each, "status");
    if (typeof status === "number") return status;
  }
  return null;
}

function causeOf(error: unknown): unknown {
  return error instanceof Error ? error.cause : undefined;
}

function textOf(error: unknown, name: string): string | undefined {
  const value: unknown = error instanceof Error ? Reflect.get(error, name) : undefined;
  return typeof value === "string" ? value : undefined;
}
