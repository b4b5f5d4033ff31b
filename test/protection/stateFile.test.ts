import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createProtection } from "../../shim/protection/protection.ts";
import { createStateFile } from "../../shim/protection/stateFile.ts";
import { makeState, putState, testPrices } from "./stateFiles.ts";

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "taximeter-state-"));
});
afterEach(() => rm(home, { recursive: true, force: true }));

/** The file by a clock of its own, which counts how often the home was asked for: once a look. */
function watched() {
  let nowMs = 0;
  let looks = 0;
  const folder = () => {
    looks += 1;
    return home;
  };
  return {
    file: createStateFile(folder, () => nowMs),
    pass: (ms: number) => (nowMs += ms),
    looks: () => looks,
  };
}

it("is looked for once a second, however many calls there are", async () => {
  const { file, pass, looks } = watched();
  for (let call = 0; call < 1_000; call += 1) expect(file.state()).toBeNull();
  expect(looks()).toBe(1);
  await putState(home, makeState());
  expect(file.state()).toBeNull();
  pass(1_000);
  expect(file.state()?.budgets).toHaveLength(1);
  expect(file.prices()).toEqual(testPrices);
  await putState(home, null);
  pass(999);
  expect(file.state()).not.toBeNull();
  pass(1);
  expect(file.state()).toBeNull();
});

it("what can't be read leaves all as it was, what is of another version switches nothing on", async () => {
  const { file, pass } = watched();
  await putState(home, makeState());
  expect(file.state()).not.toBeNull();
  const path = join(home, "protection.json");
  await writeFile(path, '{"version":1,"budgets":[');
  pass(1_000);
  expect(file.state()?.budgets).toHaveLength(1);
  for (const content of [
    '{"version":2,"budgets":[],"breakers":{},"open":[]}',
    "[]",
    "null",
    '{"version":1}',
  ]) {
    await writeFile(path, content);
    pass(1_000);
    expect(file.state()).toBeNull();
  }
});

it("without it nothing of a call is looked at", () => {
  const never = (): never => {
    throw new Error("asked");
  };
  const protection = createProtection({
    file: watched().file,
    process: { declared: null, script: never, workspace: never, git: never },
    daemonRuns: never,
    epochNow: never,
    onRefused: never,
  });
  const scope = { explicit: null, inboundUrl: null } as never;
  const endpoint = { host: "api.openai.com", path: "/v1/responses", method: "POST" };
  expect(
    protection.admit({ callId: "1", endpoint, provider: undefined, scope, body: never }),
  ).toBeUndefined();
  protection.answered("1", 500);
  protection.ended("1", never);
  protection.handedOver(["no JSON"], "daemon");
});
