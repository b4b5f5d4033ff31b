import { build } from "esbuild";
import { beforeAll, expect, test } from "vitest";
import { extensionBundle } from "../../scripts/lib/extensionBundle.mjs";
import { projectDirectory } from "../../scripts/lib/project.mjs";

const MOST_BYTES = 200_000;

let bundle: string;

beforeAll(async () => {
  const options = { ...extensionBundle, absWorkingDir: projectDirectory, write: false } as const;
  const { outputFiles } = await build(options);
  bundle = outputFiles.map(({ text }) => text).join("");
});

test("the extension's bundle is small: it is read at every start of the editor", () => {
  expect(bundle.length).toBeGreaterThan(10_000);
  expect(bundle.length).toBeLessThanOrEqual(MOST_BYTES);
});

test("it asks the editor for its interface once, for that takes time", () => {
  expect(bundle.match(/require\("vscode"\)/g)).toHaveLength(1);
});
