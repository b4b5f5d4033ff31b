import { expect, test } from "vitest";
import { providersVariable, readSettings } from "../../extension/settings.ts";
import { parseProviderMappings } from "../../shared/providers.ts";

const read = (raw: Record<string, unknown>) => readSettings((key) => raw[key]);

test("nothing set: the defaults", () => {
  expect(read({})).toEqual({
    enabled: true,
    providers: new Map(),
    budgets: [],
    circuitBreaker: false,
    teamUrl: null,
    teamShare: "rollups",
    teamDetails: [],
    statusBarPeriod: "today",
    statusBarScope: "all",
    problems: [],
  });
});

test("values of a wrong type become the defaults, with a sentence where something was lost", () => {
  const settings = read({
    enabled: "no",
    providers: ["localhost"],
    budgets: { day: 5 },
    "statusBar.period": 7,
    "statusBar.scope": "galaxy",
  });
  expect(settings).toMatchObject({
    enabled: true,
    budgets: [],
    statusBarPeriod: "today",
    statusBarScope: "all",
  });
  expect(settings.providers.size).toBe(0);
  expect(settings.problems).toHaveLength(2);
});

test("providers reach the shim as it reads them; an entry that would forge another is left out", () => {
  const { providers, problems } = read({
    providers: {
      "localhost:11434": "ollama",
      "127.0.0.1:*": "openai",
      "[::1]:8080": "anthropic",
      "llm.corp.example": "openai",
      "evil=openai,api.openai.com": "x",
      "other.example": "a,b=c",
      "third.example": 7,
    },
  });
  expect(problems).toHaveLength(3);
  const variable = providersVariable(providers) ?? "";
  expect(parseProviderMappings(variable)).toEqual([
    { host: "localhost", port: "11434", provider: "ollama" },
    { host: "127.0.0.1", port: "*", provider: "openai" },
    { host: "[::1]", port: "8080", provider: "anthropic" },
    { host: "llm.corp.example", port: null, provider: "openai" },
  ]);
});

test("no provider, no variable", () => {
  expect(providersVariable(new Map())).toBe(null);
});

test("an address of a team with a token in it is refused, and the token said to nobody", () => {
  const settings = read({
    "team.url": "libsql://team.turso.io?authToken=secret",
    "team.details": ["branch", "x"],
  });
  expect(settings).toMatchObject({ teamUrl: null, teamDetails: ["branch"] });
  expect(settings.problems).toEqual([expect.stringMatching(/must not hold a token/)]);
  expect(settings.problems.join()).not.toContain("secret");
});
