import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { publicPage } from "../../scripts/lib/extensionPackage.mjs";
import { nativePackageOf, ownTarget, packageTargets, targetRefusal } from "../../scripts/lib/natives.mjs";

interface LockFile {
  packages: Record<string, { version: string; integrity: string }>;
}

async function readLock(): Promise<LockFile> {
  return JSON.parse(await readFile(new URL("../../package-lock.json", import.meta.url), "utf8"));
}

describe("targets of the package", () => {
  test("are those that libSQL has a binary for, each pinned by the lock file", async () => {
    const { packages } = await readLock();
    const { version } = packages["node_modules/libsql"] ?? {};
    expect(packageTargets).toHaveLength(8);
    for (const target of packageTargets) {
      const locked = packages[`node_modules/${nativePackageOf(target)}`];
      expect(locked?.version, target).toBe(version);
      expect(locked?.integrity, target).toMatch(/^sha512-/);
    }
  });

  test("hold this machine", () => {
    expect(targetRefusal(ownTarget())).toBeNull();
  });

  test("are not Windows on ARM, and it is said why", () => {
    expect(targetRefusal("win32-arm64")).toContain("no build for Windows on ARM");
    expect(targetRefusal("win32-arm64")).not.toContain("\n");
  });

  test("are no invented ones, nor names that every object has", () => {
    expect(targetRefusal("beos-x64")).toContain("linux-x64");
    expect(targetRefusal("toString")).not.toBeNull();
  });
});

describe("the README in the package", () => {
  const readme = [
    "# Taximeter",
    "![dashboard](docs/images/dashboard.webp)",
    'See [the guide](docs/cli.md), [the site](https://example.com/a) and [below](#use). <img src="media/a.png" alt="">',
  ].join("\n");

  test("keeps its words and loses pictures and links to files that aren't there", () => {
    expect(publicPage(readme, {})).toBe(
      "# Taximeter\n\nSee the guide, [the site](https://example.com/a) and [below](#use). ",
    );
  });

  test("keeps its pictures and links once there is a public repository to lead them to", () => {
    expect(publicPage(readme, { repository: "https://github.com/someone/taximeter" })).toBe(readme);
  });
});
