import { describe, expect, test } from "vitest";
import { appEnvironment } from "../../extension/environment/appEnvironment.ts";
import { debugEnvironment, nodeOptionsOfEnvFile } from "../../extension/environment/debugEnvironment.ts";
import { type Mutator, type MutatorCollection, setMutators } from "../../extension/environment/mutators.ts";

const app = { stubPath: "/state of mine/shim/register.cjs", variables: { TAXIMETER_PROVIDERS: "a=openai" } };
const preload = '--require="/state of mine/shim/register.cjs"';

describe("what an app finds in its environment", () => {
  test("the settings' providers come behind those of the editor's own environment", () => {
    const env = { TAXIMETER_PROVIDERS: "a=openai", TAXIMETER_HOME: "/state" };
    const { variables } = appEnvironment({ stubPath: "/s", providers: new Map([["b:1", "ollama"]]), env });
    expect(variables).toEqual({ TAXIMETER_PROVIDERS: "a=openai,b:1=ollama", TAXIMETER_HOME: "/state" });
  });
  test("nothing but the preload where nothing is set", () => {
    expect(appEnvironment({ stubPath: "/s", providers: new Map(), env: {} })).toEqual({
      stubPath: "/s",
      variables: {},
    });
  });
});

describe("a debug session", () => {
  const launch = {
    env: {},
    envFileNodeOptions: undefined,
    inheritedNodeOptions: undefined,
    workspaceFolder: null,
  };

  test("gets the preload, the workspace and the providers", () => {
    expect(debugEnvironment(app, { ...launch, workspaceFolder: "/home/dev/shop" })).toEqual({
      NODE_OPTIONS: preload,
      TAXIMETER_PROVIDERS: "a=openai",
      TAXIMETER_WORKSPACE: "/home/dev/shop",
    });
  });

  test("keeps the NODE_OPTIONS it would have had: its own, its env file's, the editor's, in this order", () => {
    const all = {
      env: { NODE_OPTIONS: "--own" },
      envFileNodeOptions: "--file",
      inheritedNodeOptions: "--editor",
    };
    const nodeOptions = (over: object) =>
      debugEnvironment(app, { ...launch, ...all, ...over })["NODE_OPTIONS"];
    expect(nodeOptions({})).toBe(`--own ${preload}`);
    expect(nodeOptions({ env: {} })).toBe(`--file ${preload}`);
    expect(nodeOptions({ env: {}, envFileNodeOptions: undefined })).toBe(`--editor ${preload}`);
    expect(nodeOptions({ env: { NODE_OPTIONS: null } })).toBe(preload);
  });

  test("keeps what the launch configuration says of Taximeter", () => {
    const env = { TAXIMETER: "off", TAXIMETER_PROVIDERS: "mine=openai" };
    expect(debugEnvironment(app, { ...launch, env })).toMatchObject(env);
  });

  test("reads NODE_OPTIONS of an env file as dotenv does", () => {
    expect(
      nodeOptionsOfEnvFile("A=1\nNODE_OPTIONS=--first\nexport NODE_OPTIONS='--max-old-space-size=99'\r\n"),
    ).toBe("--max-old-space-size=99");
    expect(nodeOptionsOfEnvFile("# NODE_OPTIONS=--x\nMY_NODE_OPTIONS=--y")).toBe(undefined);
  });
});

describe("the terminals' collection", () => {
  function createCollection(kept: [string, Mutator][] = []) {
    const mutators = new Map(kept);
    const touched: string[] = [];
    const set = (kind: Mutator["kind"]) => (variable: string, value: string) => {
      touched.push(variable);
      mutators.set(variable, { kind, value });
    };
    const collection: MutatorCollection = {
      get(variable) {
        const mutator = mutators.get(variable);
        return mutator && { type: mutator.kind === "replace" ? 1 : 2, value: mutator.value };
      },
      forEach: (callback) => {
        for (const variable of mutators.keys()) callback(variable);
      },
      append: set("append"),
      replace: set("replace"),
      delete(variable) {
        touched.push(variable);
        mutators.delete(variable);
      },
    };
    return { collection, mutators, touched };
  }
  const wanted = new Map<string, Mutator>([["NODE_OPTIONS", { kind: "append", value: ` ${preload}` }]]);

  test("says what is wanted and nothing else", () => {
    const { collection, mutators } = createCollection([
      ["TAXIMETER_PROVIDERS", { kind: "replace", value: "x=y" }],
    ]);
    setMutators(collection, wanted);
    expect(mutators).toEqual(wanted);
  });

  test("is not touched where it says so already: open terminals stay up to date", () => {
    const { collection, touched } = createCollection([...wanted]);
    setMutators(collection, wanted);
    expect(touched).toEqual([]);
  });

  test("is emptied where metering is switched off", () => {
    const { collection, mutators } = createCollection([...wanted]);
    setMutators(collection, new Map());
    expect(mutators.size).toBe(0);
  });
});
