import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { installOnce } from "../../scripts/lib/installOnce.mjs";

describe("an install for the tests", () => {
  let cache: string;

  beforeEach(async () => {
    cache = await mkdtemp(join(tmpdir(), "taximeter-cache-"));
    vi.stubEnv("TAXIMETER_TEST_CACHE", cache);
    vi.spyOn(console, "log").mockImplementation(() => {});
  });

  afterEach(async () => {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
    await rm(cache, { recursive: true, force: true });
  });

  const write = (text: string) => (folder: string) => writeFile(join(folder, "tool"), text);

  test("is made once, and used by later runs", async () => {
    const folder = await installOnce("tool", "1.0.0", "quick", write("first"));
    expect(await installOnce("tool", "1.0.0", "quick", write("second"))).toBe(folder);
    expect(await readFile(join(folder, "tool"), "utf8")).toBe("first");
  });

  test("of another version stands beside it", async () => {
    const first = await installOnce("tool", "1.0.0", "quick", write("first"));
    const second = await installOnce("tool", "2.0.0", "quick", write("second"));
    expect(await readFile(join(first, "tool"), "utf8")).toBe("first");
    expect(await readFile(join(second, "tool"), "utf8")).toBe("second");
  });

  test("that failed leaves nothing, and is made anew", async () => {
    const fail = async (folder: string) => {
      await write("half")(folder);
      throw new Error("the network went away");
    };
    await expect(installOnce("tool", "1.0.0", "quick", fail)).rejects.toThrow("the network went away");
    expect(await readdir(cache)).toEqual([]);
    const folder = await installOnce("tool", "1.0.0", "quick", write("whole"));
    expect(await readFile(join(folder, "tool"), "utf8")).toBe("whole");
  });

  test("that was cut off is taken for none, and what it left goes", async () => {
    // No process has this number: Linux counts to four million.
    const abandoned = join(cache, "tool-1.0.0.unfinished-99999999");
    await mkdir(abandoned);
    await mkdir(join(cache, "tool-1.0.0"));
    await writeFile(join(cache, "tool-1.0.0", "tool"), "half");
    const folder = await installOnce("tool", "1.0.0", "quick", write("whole"));
    expect(await readFile(join(folder, "tool"), "utf8")).toBe("whole");
    expect(await readdir(cache)).toEqual(["tool-1.0.0"]);
  });
});
