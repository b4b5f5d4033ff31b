import { expect, test } from "vitest";
import { z } from "zod";
import { taximeter, taximeterJson } from "../cli/installation.ts";
import { connect, temporaryHome } from "../daemon/realDaemon.ts";
import { makeChatSpan, protobufOf, type TestSpan } from "./spans.ts";

type Variables = Record<string, string>;

async function exporterVariables(home: string): Promise<Variables> {
  return z.record(z.string(), z.string()).parse(await taximeterJson(["otel"], { home }));
}

/** Sends spans as an exporter does that is set up by these variables. */
async function exportSpans(variables: Variables, spans: readonly TestSpan[]): Promise<number> {
  const [name, value] = variables["OTEL_EXPORTER_OTLP_TRACES_HEADERS"]?.split("=") ?? [];
  const { status } = await fetch(variables["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"] ?? "", {
    method: "POST",
    headers: { "content-type": "application/x-protobuf", [name ?? ""]: decodeURIComponent(value ?? "") },
    body: new Uint8Array(protobufOf(spans)),
  });
  return status;
}

test("taximeter otel says what to set; spans that come again after the daemon was restarted are known", async () => {
  const home = temporaryHome();
  const variables = await exporterVariables(home);
  const spans = [
    makeChatSpan({ attributes: { "gen_ai.response.id": "chatcmpl-0123456789abcdef" } }),
    makeChatSpan(),
    makeChatSpan(),
  ];
  expect(await exportSpans(variables, spans)).toBe(200);
  const storedCalls = async () => {
    const connection = await connect({ home, launches: null });
    return (await connection.request("calls", { query: { from: "all" } })).calls;
  };
  const before = await storedCalls();
  expect(before).toHaveLength(3);
  for (const call of before) expect(call).toMatchObject({ costStatus: "computed", costUsd: "0.00021" });

  expect((await taximeter(["restart"], { home })).code).toBe(0);
  const afterwards = await exporterVariables(home);
  expect(
    await exportSpans(
      { ...afterwards, OTEL_EXPORTER_OTLP_TRACES_HEADERS: "authorization=Bearer%20wrong" },
      spans,
    ),
  ).toBe(401);
  expect(await exportSpans(afterwards, spans)).toBe(200);
  expect(await storedCalls()).toEqual(before);
});

test("taximeter otel, to be evaluated by a shell", async () => {
  const home = temporaryHome();
  const { code, out, err } = await taximeter(["otel"], { home });
  expect({ code, err }).toEqual({ code: 0, err: "" });
  const lines = out.trimEnd().split("\n");
  for (const line of lines) expect(line).toMatch(/^export OTEL_[A-Z_]+='[^']+'$/);
  expect(lines[0]).toMatch(/TRACES_ENDPOINT='http:\/\/127\.0\.0\.1:\d+\/v1\/traces'$/);
});
