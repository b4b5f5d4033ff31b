import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, expect, onTestFinished, test } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));

beforeAll(() => {
  if (!existsSync(join(root, "dist/shim.mjs")))
    throw new Error("dist/ is missing: run `npm run build` first");
});

/** A project of somebody who installed the package: a folder whose node_modules holds it. */
function consumer(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), "taximeter-consumer-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(root, join(folder, "node_modules/taximeter"), "dir");
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

const use = `
  const doubled: number = withJob("X", () => 2);
  const later: Promise<string> = withAction("a", async () => "b");
  const isSpent = (error: unknown): boolean => error instanceof BudgetExceededError;
  void [doubled, later, isSpent];
`;

test.each(["nodenext", "node16"])("its types resolve for import and for require (%s)", (module) => {
  const folder = consumer({
    "package.json": '{ "type": "module" }',
    "esm.mts": `import { BudgetExceededError, withAction, withJob } from "taximeter";${use}`,
    "cjs.cts": `import taximeter = require("taximeter");\nconst { BudgetExceededError, withAction, withJob } = taximeter;${use}`,
    "wrong.mts": 'import { withJob } from "taximeter";\nexport const text: string = withJob("X", () => 2);',
    "tsconfig.json": JSON.stringify({
      compilerOptions: {
        strict: true,
        noEmit: true,
        module,
        target: "es2022",
        lib: ["es2022"],
        types: [],
        skipLibCheck: false,
      },
      include: ["*.mts", "*.cts"],
    }),
  });
  const compiler = join(root, "node_modules/typescript/bin/tsc");
  let out = "";
  try {
    execFileSync(process.execPath, [compiler, "-p", folder], { encoding: "utf8", stdio: "pipe" });
  } catch (error) {
    out = String((error as { stdout?: unknown }).stdout);
  }
  // Not `any`: the one mistake is seen, and it is the only one.
  expect(out.trim().split("\n")).toEqual([expect.stringMatching(/wrong\.mts\(2,14\): error TS2322/)]);
});

test("it runs by import and by require, and does nothing where nothing is preloaded", () => {
  const folder = consumer({
    "esm.mjs": 'import { withJob } from "taximeter"; console.log(await withJob("X", async () => 2));',
    "cjs.cjs": 'const { withAction } = require("taximeter"); console.log(withAction("a", () => 3));',
  });
  const run = (file: string) => execFileSync(process.execPath, [file], { cwd: folder, encoding: "utf8" });
  expect([run("esm.mjs"), run("cjs.cjs")]).toEqual(["2\n", "3\n"]);
});

test("`--import taximeter/register` and `--require taximeter/register` preload the shim", () => {
  const folder = consumer({ "app.cjs": "console.log('up')" });
  const run = (flag: string) =>
    execFileSync(process.execPath, [flag, "taximeter/register", "app.cjs"], {
      cwd: folder,
      encoding: "utf8",
      env: { ...process.env, TAXIMETER_HOME: join(folder, "home") },
    });
  expect([run("--import"), run("--require")]).toEqual(["up\n", "up\n"]);
});

test("every file that the manifest names is there after a build", () => {
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const named = (value: unknown): string[] =>
    typeof value === "string" ? [value] : Object.values(value as object).flatMap(named);
  for (const file of [...named(manifest.exports), ...named(manifest.bin), manifest.types]) {
    expect(existsSync(join(root, file)), file).toBe(true);
  }
});
