import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createCommandLine } from "../../extension/daemon/commandLine.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "taximeter-command-line-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A stand-in for the command line: a script given as its first argument. */
const commandLine = createCommandLine((args) => ({
  command: process.execPath,
  args: ["-e", ...args],
  env: process.env,
}));
const never = new AbortController().signal;

test("output becomes a file once it is whole", async () => {
  const file = join(folder, "calls.csv");
  const script = "for (let i = 0; i < 50000; i++) console.log(i + ',call')";
  expect(await commandLine.runToFile([script], file, never)).toBe(true);
  expect((await readFile(file, "utf8")).trim().split("\n")).toHaveLength(50_000);
  expect(await readdir(folder)).toEqual(["calls.csv"]);
});

test("where it fails, its own last words are the reason and no file is left", async () => {
  const script =
    "console.log('half'); console.error('warming up\\nno daemon can be had'); process.exitCode = 1";
  await expect(commandLine.runToFile([script], join(folder, "calls.csv"), never)).rejects.toThrow(
    "no daemon can be had",
  );
  expect(await readdir(folder)).toEqual([]);
});

test("aborted, it ends and leaves no file", async () => {
  const abort = new AbortController();
  const script = "console.log('half'); setInterval(() => {}, 1000)";
  const exporting = commandLine.runToFile([script], join(folder, "calls.csv"), abort.signal);
  setTimeout(() => abort.abort(), 300);
  expect(await exporting).toBe(false);
  expect(await readdir(folder)).toEqual([]);
});

test("a folder that cannot be written is said", async () => {
  const file = join(folder, "missing", "calls.csv");
  await expect(commandLine.runToFile(["console.log(1)"], file, never)).rejects.toThrow("ENOENT");
});

test("both streams are heard, and the exit code told", async () => {
  let heard = "";
  const listen = (text: string) => {
    heard += text;
  };
  const code = await commandLine.run(
    ["console.log('out'); console.error('err'); process.exitCode = 1"],
    listen,
    never,
  );
  expect([code, heard.includes("out"), heard.includes("err")]).toEqual([1, true, true]);
});
