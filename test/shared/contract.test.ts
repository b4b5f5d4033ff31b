import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { queryString, requestTarget } from "../../shared/api.ts";
import { budgetId } from "../../shared/budgets.ts";
import { isDimension } from "../../shared/dimensions.ts";
import { stateDirectory } from "../../shared/home.ts";
import { proveIdentity } from "../../shared/protocol.ts";
import { sourceKindOf } from "../../shared/sources.ts";

describe("requests", () => {
  it("writes lists, filters and groups into the query string", () => {
    const query = {
      groupBy: ["source", "model"],
      filters: { source: ["/a b", ""], "label:lead": ["4&2"] },
      limit: undefined,
    };
    expect(queryString(query)).toBe("?groupBy=source%2Cmodel&source=%2Fa+b&source=&label%3Alead=4%262");
  });

  it("puts an id into the path, escaped", () => {
    const id = budgetId("day", { dimension: "workspace", value: "/home/me/shop" });
    expect(requestTarget("removeBudget", { id })).toEqual({
      method: "DELETE",
      path: "/v1/budgets/day%3Aworkspace%3A%2Fhome%2Fme%2Fshop",
      body: undefined,
    });
  });

  it.each(["source", "callSite", "label:lead"])("%s is a dimension", (text) => {
    expect(isDimension(text)).toBe(true);
  });

  it.each(["", "label:", "cost", "source; DROP TABLE calls"])("%j is none", (text) => {
    expect(isDimension(text)).toBe(false);
  });
});

describe("the state directory", () => {
  const surroundings = { env: {}, platform: "linux", homeDirectory: "/home/me" };

  it.each([
    [{ TAXIMETER_HOME: "/t" }, "linux", "/t"],
    [{}, "linux", "/home/me/.local/state/taximeter"],
    [{ XDG_STATE_HOME: "/x" }, "linux", "/x/taximeter"],
    [{}, "darwin", "/home/me/Library/Application Support/taximeter"],
    [{ LOCALAPPDATA: "C:\\L" }, "win32", "C:\\L\\taximeter"],
  ])("with %j on %s is %s", (env, platform, expected) => {
    expect(stateDirectory({ ...surroundings, env, platform })).toBe(expected);
  });
});

it("proves identity by an HMAC that node:crypto agrees with", async () => {
  const expected = createHmac("sha256", "secret").update("nonce.challenge").digest("hex");
  await expect(proveIdentity({ token: "secret", nonce: "nonce" }, "challenge")).resolves.toBe(expected);
});

it.each([
  ["/api/chat", "route"],
  ["background_job:ENRICH_LEAD", "job"],
  ["action:draft.send", "action"],
  ["test:a.test.ts > adds", "test"],
  ["script:app.mjs", "script"],
  ["anything else", "custom"],
])("the kind of %s is %s", (source, kind) => {
  expect(sourceKindOf(source)).toBe(kind);
});
