import { join } from "node:path";
import { expect, test } from "vitest";
import { apiRoutes } from "../../shared/api.ts";
import { LIVE_PATH } from "../../shared/live.ts";
import { makeReport } from "../builders.ts";
import { makeFolder } from "../store/testStore.ts";
import { makeApp } from "./testApp.ts";

type Schema = Record<string, unknown>;

/** Whether a value is what an OpenAPI 3.1 schema says, members that the schema does not name included. */
function mismatch(
  schema: Schema,
  value: unknown,
  components: Record<string, Schema>,
  path = "$",
): string | null {
  const reference = schema["$ref"];
  if (typeof reference === "string") {
    const name = reference.replace("#/components/schemas/", "");
    return mismatch(components[name] ?? {}, value, components, path);
  }
  const alternatives = (schema["anyOf"] ?? schema["oneOf"]) as Schema[] | undefined;
  if (alternatives !== undefined) {
    const fits = alternatives.some((one) => mismatch(one, value, components, path) === null);
    return fits ? null : `${path} is none of its alternatives`;
  }
  for (const part of (schema["allOf"] as Schema[] | undefined) ?? []) {
    // Each part of a whole names only its own members.
    const wrong = mismatch(part, pick(part, value, components), components, path);
    if (wrong !== null) return wrong;
  }
  if (schema["allOf"] !== undefined) return null;
  const types = [schema["type"] ?? []].flat();
  const actual =
    value === null
      ? "null"
      : Array.isArray(value)
        ? "array"
        : Number.isInteger(value)
          ? "integer"
          : typeof value;
  if (types.length > 0 && !types.includes(actual) && !(actual === "integer" && types.includes("number"))) {
    return `${path} is ${actual}, not ${types.join(" or ")}`;
  }
  const values = schema["enum"] as unknown[] | undefined;
  if (values !== undefined && !values.includes(value)) return `${path} is none of ${values.join(", ")}`;
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      const wrong = mismatch((schema["items"] as Schema) ?? {}, item, components, `${path}[${index}]`);
      if (wrong !== null) return wrong;
    }
  } else if (typeof value === "object" && value !== null) {
    const properties = (schema["properties"] as Record<string, Schema>) ?? {};
    for (const name of (schema["required"] as string[]) ?? []) {
      if (!Object.hasOwn(value, name)) return `${path}.${name} is missing`;
    }
    for (const [name, member] of Object.entries(value)) {
      const known = properties[name] ?? (schema["additionalProperties"] as Schema | undefined);
      if (known === undefined) return `${path}.${name} is not described`;
      const wrong = mismatch(known, member, components, `${path}.${name}`);
      if (wrong !== null) return wrong;
    }
  }
  return null;
}

function pick(schema: Schema, value: unknown, components: Record<string, Schema>): unknown {
  const name =
    typeof schema["$ref"] === "string" ? schema["$ref"].replace("#/components/schemas/", "") : null;
  const whole = name === null ? schema : (components[name] ?? {});
  if (typeof value !== "object" || value === null || whole["properties"] === undefined) return value;
  const known = Object.keys(whole["properties"] as object);
  return Object.fromEntries(Object.entries(value).filter(([key]) => known.includes(key)));
}

test("the document describes every route, and nothing that is not there", async () => {
  const { json } = await makeApp();
  const document = await json("GET", "/openapi.json");
  const described = Object.entries<Record<string, { operationId: string }>>(document.paths).flatMap(
    ([path, methods]) =>
      Object.entries(methods).map(
        ([method, { operationId }]) => `${operationId} ${method.toUpperCase()} ${path}`,
      ),
  );
  const wanted = [
    ...Object.entries(apiRoutes).map(([name, { method, path }]) => `${name} ${method} ${path}`),
    `live GET ${LIVE_PATH}`,
    "health GET /v1/health",
    "traces POST /v1/traces",
  ];
  expect(described.sort()).toEqual(wanted.sort());
});

test("every answer is as the document says, to its last member", async () => {
  const { json, send } = await makeApp();
  const document = await json("GET", "/openapi.json");
  const components = document.components.schemas;
  const report = makeReport({
    callSite: { file: "src/a.ts", line: 3, function: null },
    attributes: { lead: "42" },
    conversationId: "c1",
  });
  const body = [report, { ...makeReport({ requestModel: "priceless" }), extra: 1 }, { callId: "x" }];
  const periodStart = "2026-11-21T00:00:00.000Z";
  const exchanges: [method: string, template: string, path: string, body?: unknown][] = [
    ["POST", "/v1/calls", "/v1/calls", body],
    ["POST", "/v1/calls", "/v1/calls", { callId: "x" }],
    ["GET", "/v1/calls", "/v1/calls?limit=1"],
    ["GET", "/v1/spend", "/v1/spend?groupBy=source,model&label:lead=42"],
    ["GET", "/v1/spend", "/v1/spend?groupBy=colour"],
    ["GET", "/v1/conversations", "/v1/conversations?limit=5&label:lead=42"],
    ["GET", "/v1/conversations", "/v1/conversations?limit=0"],
    ["GET", "/v1/series", "/v1/series?groupBy=source"],
    ["GET", "/v1/series", "/v1/series?from=all"],
    ["GET", "/v1/performance", "/v1/performance?groupBy=model&from=all"],
    ["GET", "/v1/performance", "/v1/performance?groupBy=colour"],
    ["GET", "/v1/calls/{id}", `/v1/calls/${report.callId}`],
    ["GET", "/v1/calls/{id}", "/v1/calls/unknown"],
    ["GET", "/v1/prices/unpriced", "/v1/prices/unpriced"],
    ["PUT", "/v1/prices", "/v1/prices", { provider: "openai", model: "priceless", inputUsdPerMillion: 3 }],
    ["PUT", "/v1/prices", "/v1/prices", { provider: "openai", model: "priceless" }],
    ["GET", "/v1/prices", "/v1/prices?model=gpt-5.4&from=7d"],
    ["POST", "/v1/prices/reprice", "/v1/prices/reprice", { dryRun: true, from: "today" }],
    ["POST", "/v1/prices/reprice", "/v1/prices/reprice", { since: "today" }],
    ["DELETE", "/v1/prices/{id}", "/v1/prices/openai%3Apriceless"],
    ["DELETE", "/v1/prices/{id}", "/v1/prices/priceless"],
    ["PUT", "/v1/prices/catalogue", "/v1/prices/catalogue", { file: "/nowhere/data.json" }],
    ["PUT", "/v1/prices/catalogue", "/v1/prices/catalogue", { file: "data.json" }],
    ["PUT", "/v1/budgets", "/v1/budgets", { period: "day", limitUsd: "5" }],
    ["GET", "/v1/budgets", "/v1/budgets"],
    ["POST", "/v1/budgets/{id}/notices", "/v1/budgets/day/notices", { periodStart, threshold: 50 }],
    ["DELETE", "/v1/budgets/{id}", "/v1/budgets/day"],
    ["GET", "/v1/team", "/v1/team"],
    ["PUT", "/v1/team", "/v1/team", { url: "ftp://nowhere" }],
    ["PUT", "/v1/team", "/v1/team", { url: "http://127.0.0.1:9", token: "secret" }],
    ["PUT", "/v1/team/token", "/v1/team/token", { token: "secret" }],
    ["PUT", "/v1/team/share", "/v1/team/share", { kind: "calls", details: ["colour"] }],
    ["GET", "/v1/team/preview", "/v1/team/preview?share=calls&details=labels&details=conversation"],
    ["POST", "/v1/team/push", "/v1/team/push", {}],
    ["DELETE", "/v1/team", "/v1/team?erase=false"],
    ["GET", "/v1/status", "/v1/status"],
    ["PUT", "/v1/recording", "/v1/recording", { recording: true }],
    ["POST", "/v1/browser-invitations", "/v1/browser-invitations", {}],
    ["POST", "/v1/backups", "/v1/backups", { file: join(makeFolder(), "copy.db") }],
    ["POST", "/v1/backups", "/v1/backups", { file: "copy.db" }],
    ["POST", "/v1/shutdown", "/v1/shutdown", { reason: "test" }],
    ["GET", "/v1/health", "/v1/health?challenge=a"],
  ];
  for (const [method, template, path, content] of exchanges) {
    const response = await send(method, path, content === undefined ? {} : { body: content });
    const operation = document.paths[template][method.toLowerCase()];
    const schema = operation.responses[response.status]?.content["application/json"].schema;
    expect(schema, `${method} ${path} → ${response.status}`).toBeDefined();
    expect(mismatch(schema, await response.json(), components), `${method} ${path}`).toBe(null);
  }
});

test("the document says which members of a report are needed", async () => {
  const { json } = await makeApp();
  const document = await json("GET", "/openapi.json");
  expect(document.components.schemas.CallReport.required).toEqual(["callId", "startedAt", "status"]);
  expect(Object.keys(document.components.schemas.CallReport.properties)).toEqual(
    expect.arrayContaining(["endpoint", "rawUsage", "usage", "provider", "costUsd", "attributes"]),
  );
});
