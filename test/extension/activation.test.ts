import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { commands } from "../../extension/contributions.ts";
import { createFakeVscode } from "./fakeVscode.ts";

let fake: ReturnType<typeof createFakeVscode>;
let folder: string;
let subscriptions: { dispose(): unknown }[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "taximeter-activation-"));
  vi.stubEnv("TAXIMETER_HOME", join(folder, "home"));
  vi.resetModules();
  fake = createFakeVscode();
  vi.doMock("vscode", () => fake.module);
  subscriptions = [];
});
afterEach(async () => {
  for (const subscription of subscriptions.reverse()) subscription.dispose();
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

/** Activates in an installation without a daemon: to start one fails, as it would on a broken machine. */
async function activate() {
  const { activate: run } = await import("../../extension/extension.ts");
  const environment = fake.createCollection();
  const memory = new Map<string, unknown>();
  run({
    extension: { id: "taximeter.taximeter", packageJSON: { version: "0.1.0" } },
    extensionPath: folder,
    extensionUri: {},
    environmentVariableCollection: environment.collection,
    globalStorageUri: { fsPath: join(folder, "storage") },
    globalState: {
      get: (key: string) => memory.get(key),
      update: async (key: string, value: unknown) => memory.set(key, value),
    },
    secrets: { get: async () => undefined, store: async () => {}, delete: async () => {} },
    subscriptions,
  } as never);
  // The status bar comes a turn later.
  await setImmediate();
  return environment;
}

test("every command has its handler, and the time it took is in the log", async () => {
  await activate();
  expect([...fake.commands.keys()].sort()).toEqual(Object.values(commands).sort());
  expect(fake.log.join("\n")).toMatch(/info Taximeter 0\.1\.0 activated in [\d.]+ ms\./);
});

test("terminals get the preload and the workspace, and lose both when metering is switched off", async () => {
  const environment = await activate();
  const stub = join(folder, "home", "shim", "register.cjs");
  expect(environment.mutators.get("NODE_OPTIONS")).toEqual({ type: 2, value: ` --require="${stub}"` });
  expect(environment.scoped.get("TAXIMETER_WORKSPACE")).toEqual({ type: 1, value: "/home/dev/shop" });
  expect(fake.item.shown).toBe(true);

  fake.configure({ enabled: false });
  expect([environment.mutators.size, environment.scoped.size, fake.item.shown]).toEqual([0, 0, false]);
  expect(fake.contexts["taximeter.running"]).toBe(false);

  fake.configure({ enabled: true });
  expect([environment.mutators.has("NODE_OPTIONS"), fake.item.shown]).toEqual([true, true]);
  expect(fake.contexts["taximeter.running"]).toBe(true);
});

test("a daemon that cannot be had is said in words, and no command throws", async () => {
  await activate();
  expect(fake.item.text).toBe("$(pulse) Taximeter starting…");
  await vi.waitFor(
    () => expect(fake.item.text).toBe("$(debug-disconnect) Taximeter: daemon not answering"),
    15_000,
  );
  await fake.commands.get(commands.setBudget)?.();
  expect(fake.messages).toHaveBeenCalledWith(
    expect.stringContaining("Taximeter: "),
    "Restart Daemon",
    "Show Log",
  );
});

test("who has terminals open already is told once to open others", async () => {
  fake.module.window.terminals.push({});
  await activate();
  const told = () =>
    fake.messages.mock.calls.filter(([text]) =>
      String(text).startsWith("Apps run in terminals that are open"),
    );
  expect(told()).toHaveLength(1);
  fake.configure({ providers: { "localhost:1": "openai" } });
  fake.configure({ enabled: false });
  fake.configure({ enabled: true });
  expect(told()).toHaveLength(1);
});

test("without terminals nobody is told of them", async () => {
  await activate();
  expect(fake.messages).not.toHaveBeenCalled();
});

test("a home that cannot be written leaves the terminals alone: a preload that is missing would stop every node", async () => {
  await writeFile(join(folder, "home"), "a file where the folder should be");
  const environment = await activate();
  expect(environment.mutators.size).toBe(0);
  expect(fake.log.join("\n")).toContain("error Apps are not metered:");
});

test("a daemon that the user has stopped stays stopped when a setting changes", async () => {
  await activate();
  await fake.commands.get(commands.stopDaemon)?.();
  await vi.waitFor(() => expect(fake.item.text).toBe("$(debug-disconnect) Taximeter: daemon stopped"));
  fake.configure({ "statusBar.period": "month" });
  expect(fake.item.text).toBe("$(debug-disconnect) Taximeter: daemon stopped");
  expect(fake.contexts["taximeter.running"]).toBe(false);
});
