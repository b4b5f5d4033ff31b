import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { z } from "zod";
import type { ApiError } from "../../shared/api.ts";
import { StoreInputError, StoreUnavailableError } from "../store/store.ts";

/** A refusal: `message` is a sentence for people, `field` names the culprit. */
export class Problem extends HTTPException {
  readonly field: string | undefined;
  constructor(status: ContentfulStatusCode, message: string, field?: string) {
    super(status, { message });
    this.field = field;
  }
}

/** Answers a refusal as an `ApiError`; anything else is a bug of ours, of which the client learns nothing. */
export function answerProblem(error: Error, context: Context, log: (line: string) => void): Response {
  if (error instanceof HTTPException) {
    const field = error instanceof Problem ? error.field : undefined;
    const body: ApiError = { error: error.message, ...(field === undefined ? {} : { field }) };
    return context.json(body, error.status);
  }
  if (error instanceof StoreInputError) {
    const { field, message } = error;
    return context.json({ error: `${field} ${message}.`, field } satisfies ApiError, 400);
  }
  if (error instanceof StoreUnavailableError) {
    return context.json({ error: error.message } satisfies ApiError, 503);
  }
  log(`http: ${context.req.method} ${context.req.path.slice(0, 100)}: ${error.stack ?? error.message}`);
  return context.json(
    { error: "Something went wrong in the daemon. Its log says what." } satisfies ApiError,
    500,
  );
}

/** What to answer to input that its schema refuses: the first thing that is wrong, and where. */
export function refuseInput(
  result: { target: string } & ({ success: true } | { success: false; error: z.ZodError }),
): void {
  if (result.success) return;
  const issue = result.error.issues[0];
  const unknown = issue?.code === "unrecognized_keys" ? issue.keys.slice(0, 1) : [];
  const path = [...(issue?.path.map(String) ?? []), ...unknown];
  const isQuery = result.target === "query";
  // A parameter of a query is one thing, whatever it was taken apart into.
  const field = (isQuery ? path.slice(0, 1) : path).join(".");
  const message =
    unknown.length > 0
      ? `is no ${isQuery ? "parameter" : "field"} of this route`
      : (issue?.message ?? "is not valid");
  throw new Problem(
    400,
    field === "" ? `The request ${message}.` : `${field} ${message}.`,
    field || undefined,
  );
}
