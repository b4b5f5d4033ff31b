import { expect } from "vitest";
import { type Interpretation, interpret } from "../../daemon/usage/interpret.ts";
import type { CallReport, JsonObject } from "../../shared/call.ts";
import { headersOf, wireFormats } from "../../shared/wireFormats.ts";
import { scanRequest } from "../../shim/extract/requestScan.ts";
import { createUsageReader } from "../../shim/extract/usageReader.ts";
import { createTargets } from "../../shim/transports/target.ts";
import { makeCallId } from "../builders.ts";

export interface RecordedAnswer {
  body?: string | Uint8Array;
  headers?: Record<string, string>;
  /** The request's own body. */
  sent?: JsonObject;
  httpStatus?: number;
  /** Bytes a piece. */
  pieceLength?: number;
}

/** What the shim would report of `POST https://host/path`. Nothing that is said to be `secret` may be in it. */
export function reportOf(request: string, answer: RecordedAnswer = {}): CallReport & { complete: boolean } {
  const { body = "", headers = {}, sent, httpStatus = 200, pieceLength = 64 } = answer;
  const [method = "", url = ""] = request.split(" ");
  const target = createTargets([]).find(url, method);
  if (target === undefined) throw new Error(`${request} is not looked at`);
  const format = target.format === "any" ? undefined : wireFormats[target.format];
  const reader = createUsageReader(target.format);
  const bytes = Buffer.from(body);
  for (let at = 0; at < bytes.length; at += pieceLength) reader.write(bytes.subarray(at, at + pieceLength));
  const reading = reader.end();
  const facts = scanRequest(
    sent === undefined ? "" : JSON.stringify(sent),
    format !== undefined && "request" in format ? format.request : {},
  );
  const found = format && headersOf(format, (name) => headers[name]);
  const rawUsage = {
    ...reading.rawUsage,
    ...(found === undefined ? {} : { headers: found }),
    ...(facts.needed === undefined ? {} : { request: facts.needed }),
  };
  expect(JSON.stringify(rawUsage)).not.toContain("secret");
  const failed = httpStatus >= 400 || reading.errorType !== undefined;
  return {
    callId: makeCallId(),
    startedAt: "2026-11-20T10:00:00.000Z",
    status: failed ? "error" : "ok",
    errorType: failed ? (reading.errorType ?? String(httpStatus)) : null,
    httpStatus,
    requestModel: facts.model,
    endpoint: target.endpoint,
    ...(Object.keys(rawUsage).length === 0 ? {} : { rawUsage }),
    complete: reading.complete,
  };
}

/** What the daemon makes of it: a meaning, or `ignored`. */
export function meaningOf(request: string, answer: RecordedAnswer = {}) {
  return interpret(reportOf(request, answer));
}

/** The same of an exchange that is a call, or completes one. */
export function callOf(request: string, answer: RecordedAnswer = {}): Interpretation {
  const meaning = meaningOf(request, answer);
  if ("ignored" in meaning) throw new Error(meaning.ignored);
  return meaning;
}

export const json = (document: object): RecordedAnswer => ({ body: JSON.stringify(document) });
export const events = (...datas: object[]): RecordedAnswer => ({
  body: datas.map((data) => `data: ${JSON.stringify(data)}\n\n`).join(""),
});
export const lines = (...documents: object[]): RecordedAnswer => ({
  body: documents.map((document) => `${JSON.stringify(document)}\n`).join(""),
});
