import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { expect, test } from "vitest";

const MOST_BYTES = 200_000;

test("the extension's bundle is small: it is read at every start of the editor", async () => {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL("../../extension/extension.ts", import.meta.url))],
    bundle: true,
    minify: true,
    keepNames: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    external: ["vscode"],
    write: false,
  });
  const bytes = outputFiles.reduce((sum, { contents }) => sum + contents.byteLength, 0);
  expect(bytes).toBeGreaterThan(10_000);
  expect(bytes).toBeLessThanOrEqual(MOST_BYTES);
});
