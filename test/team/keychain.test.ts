import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { systemKeychain } from "../../daemon/team/keychain.ts";
import { createTokenKeeper } from "../../daemon/team/tokenKeeper.ts";

/** A tool of the system's, as a script that keeps a secret in a file and tells its arguments. Answers its folder. */
function tool(name: string, script: string): string {
  const folder = mkdtempSync(join(tmpdir(), "taximeter-keychain-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, "kept"));
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\nkept="${folder}/kept"\necho "$*" >> "${folder}/arguments"\n${script}`);
  chmodSync(path, 0o700);
  vi.stubEnv("PATH", `${folder}${delimiter}${process.env["PATH"]}`);
  onTestFinished(() => void vi.unstubAllEnvs());
  return folder;
}

const secretTool = `case "$1" in
  store) cat > "$kept/secret" ;;
  lookup) [ -f "$kept/secret" ] && cat "$kept/secret" ;;
  clear) rm -f "$kept/secret" ;;
esac`;

const security = `case "$1" in
  -i) read line; echo "$line" | sed 's/.*-w "\\(.*\\)"$/\\1/' > "$kept/secret" ;;
  find-generic-password) [ -f "$kept/secret" ] && cat "$kept/secret" ;;
  delete-generic-password) rm -f "$kept/secret" ;;
esac`;

const URL = "libsql://team-name.turso.io";
const SECRET = "eyJhbGciOiJFZERTQSJ9.eyJhIjoicncifQ.c2ln_bmF0-dXJl";

test.each([
  ["linux", "secret-tool", secretTool],
  ["darwin", "security", security],
] as const)(
  "on %s the token is in the keychain, and in nobody's arguments",
  async (platform, name, script) => {
    const folder = tool(name, script);
    const tokens = createTokenKeeper({ fromEnvironment: undefined, keychain: systemKeychain(platform) });
    expect(await tokens.keep(URL, SECRET, true)).toBe("keychain");
    expect(await tokens.find(URL, "keychain")).toEqual({ value: SECRET, place: "keychain" });
    await tokens.forget(URL);
    expect(await tokens.find(URL, "keychain")).toBe(null);
    const said = readFileSync(join(folder, "arguments"), "utf8");
    expect(said).toContain(URL);
    expect(said).not.toContain(SECRET);
  },
);

test("a secret that could end the quotes around it is not given to macOS' keychain", async () => {
  tool("security", security);
  expect(await systemKeychain("darwin").put(URL, 'a" -T /bin/evil "')).toBe(false);
});

test("without a keychain the token is held in memory, and the environment's comes first", async () => {
  vi.stubEnv("PATH", "/nowhere");
  onTestFinished(() => void vi.unstubAllEnvs());
  const tokens = createTokenKeeper({ fromEnvironment: "given", keychain: systemKeychain("linux") });
  expect(await tokens.keep(URL, SECRET, true)).toBe("memory");
  expect(await tokens.keep(URL, "given", true)).toBe("environment");
  expect(await tokens.find(URL, "memory")).toEqual({ value: "given", place: "environment" });
  const none = createTokenKeeper({ fromEnvironment: undefined, keychain: systemKeychain("win32") });
  expect(await none.keep(URL, SECRET, true)).toBe("memory");
  expect(await none.find(URL, "memory")).toBe(null);
});
