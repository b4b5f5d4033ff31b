import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { appendNodeOption, installPreloadStub } from "../../daemon/client/preload.ts";

function temporaryFolder(name = "home"): string {
  const parent = mkdtempSync(join(tmpdir(), "taximeter-preload-"));
  onTestFinished(() => rmSync(parent, { recursive: true, force: true }));
  return join(parent, name);
}

function printed(nodeOptions: string): string {
  return execFileSync(process.execPath, ["-p", "globalThis.preloaded ?? 'bare'"], {
    env: { ...process.env, NODE_OPTIONS: nodeOptions },
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  }).trim();
}

test.each(["plain", "with space", 'with "quotes"', "with\\backslash", "ünïcode 日本", "it's $HOME `x`"])(
  "Node itself preloads from a home named %s",
  (name) => {
    const home = temporaryFolder(name);
    mkdirSync(home);
    const registerFile = join(home, "register of ours.cjs");
    writeFileSync(registerFile, "globalThis.preloaded = (globalThis.preloaded ?? 0) + 1;");
    const stub = installPreloadStub({ home, registerFile });
    expect(stub).toBe(join(home, "shim", "register.cjs"));
    expect(printed(appendNodeOption(undefined, stub))).toBe("1");
    expect(printed(appendNodeOption("--no-warnings --max-http-header-size=20000", stub))).toBe("1");
  },
);

test("an installation that is gone, or whose preload throws, is met with silence", () => {
  const home = temporaryFolder();
  const stub = installPreloadStub({ home, registerFile: join(home, "gone.cjs") });
  expect(printed(appendNodeOption("", stub))).toBe("bare");
  writeFileSync(join(home, "throws.cjs"), "throw new Error('broken')");
  installPreloadStub({ home, registerFile: join(home, "throws.cjs") });
  expect(printed(appendNodeOption("", stub))).toBe("bare");
});

test("the option is appended, once, whatever stands before it", () => {
  const first = appendNodeOption("--inspect=0", "/h/shim/register.cjs");
  expect(first).toBe('--inspect=0 --require="/h/shim/register.cjs"');
  expect(appendNodeOption(first, "/h/shim/register.cjs")).toBe(first);
  expect(appendNodeOption(first, "/other/register.cjs")).toBe(`${first} --require="/other/register.cjs"`);
});

test("the stub is for its owner alone, follows an update, and leaves no drafts", () => {
  const home = temporaryFolder();
  const stub = installPreloadStub({ home, registerFile: "/v1/register.cjs" });
  expect(statSync(home).mode & 0o777).toBe(0o700);
  expect(statSync(stub).mode & 0o777).toBe(0o600);
  const { mtimeMs } = statSync(stub);
  installPreloadStub({ home, registerFile: "/v1/register.cjs" });
  expect(statSync(stub).mtimeMs).toBe(mtimeMs);
  installPreloadStub({ home, registerFile: "/v2/register.cjs" });
  expect(readFileSync(stub, "utf8")).toContain('"/v2/register.cjs"');
  expect(readdirSync(join(home, "shim"))).toEqual(["register.cjs"]);
});
