import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openConfigFile } from "../../daemon/lifecycle/config.ts";
import { developerName } from "../../daemon/lifecycle/developer.ts";
import { daemonOptions } from "../../daemon/lifecycle/options.ts";

test("the developer's name is the first that somebody chose", () => {
  const gitConfig = '[user]\n\temail = x@example.com\n\tname = "Ada Lovelace"\n[other]\nname = nobody\n';
  const all = { env: { TAXIMETER_DEVELOPER: "env" }, configured: "config", gitConfig, userName: "login" };
  expect(developerName(all)).toBe("env");
  expect(developerName({ ...all, env: {} })).toBe("config");
  expect(developerName({ ...all, env: {}, configured: null })).toBe("Ada Lovelace");
  expect(developerName({ ...all, env: {}, configured: " ", gitConfig: "[core]\nname = x" })).toBe("login");
  expect(developerName({ env: {}, configured: null, gitConfig: null, userName: "" })).toBe("unknown");
});

test("config.json keeps what is another's, and survives being broken", async () => {
  const folder = mkdtempSync(join(tmpdir(), "taximeter-config-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, "config.json");
  const file = openConfigFile(path);
  const untouched = { developer: null, recording: true, breakers: { everywhere: false, workspaces: {} } };
  expect(await file.read()).toEqual(untouched);
  writeFileSync(path, JSON.stringify({ developer: "Ada", theirs: [1, 2] }));
  await file.setRecording(false);
  expect(JSON.parse(readFileSync(path, "utf8"))).toEqual({
    developer: "Ada",
    theirs: [1, 2],
    recording: false,
  });
  writeFileSync(path, "{");
  expect(await file.read()).toEqual(untouched);
});

test("options come from the command line, then from the environment, then by default", () => {
  expect(daemonOptions([], {}).idleMs).toBe(30 * 60_000);
  expect(daemonOptions([], { TAXIMETER_IDLE_MS: "5000" }).idleMs).toBe(5_000);
  expect(daemonOptions(["--idle-ms", "7", "--foreground"], { TAXIMETER_IDLE_MS: "5000" })).toMatchObject({
    idleMs: 7,
    foreground: true,
  });
  expect(daemonOptions([], { TAXIMETER_IDLE_MS: "soon" }).idleMs).toBe(30 * 60_000);
});
