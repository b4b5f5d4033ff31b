import { spawn } from "node:child_process";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Outcome, Suite } from "./suites.ts";

export interface SuiteOptions {
  suite: Suite;
  checkout: string;
  files: readonly string[];
  /** `TAXIMETER_HOME`. */
  home: string;
  /** Address of a server that answers whatever is asked. */
  answering: string;
  /** File to which each process adds the number of exchanges that the shim looked at. */
  witness: string;
  /** The preload, or `null` to run without. */
  shim: string | null;
}

/** Every server on this machine is taken for a provider: those of the tests are looked at like any. */
const EVERYBODY = ["localhost", "127.0.0.1", "[::1]"].map((host) => `${host}:*=openai`).join(",");

const required = (files: readonly string[]) =>
  files.map((file) => `--require ${JSON.stringify(file)}`).join(" ");

/** Runs files of a suite; answers the outcome of each test by `file > name`, equal names being numbered. */
export async function runSuite(options: SuiteOptions): Promise<Map<string, Outcome>> {
  const { suite, checkout, files, home, answering, witness, shim } = options;
  const results = join(home, "results");
  await rm(results, { force: true });
  const { args, preloads = [], env = {} } = suite.run(checkout, files, results);
  const ours = [...(shim === null ? [] : [shim]), join(import.meta.dirname, "witness.cjs"), ...preloads];
  const child = spawn(process.execPath, args, {
    cwd: checkout,
    stdio: ["ignore", "ignore", "ignore"],
    env: {
      ...process.env,
      ...env,
      NODE_OPTIONS: required(ours),
      TAXIMETER_HOME: home,
      TAXIMETER_PROVIDERS: EVERYBODY,
      WITNESS_FILE: witness,
      TEST_API_BASE_URL: answering,
      CI: "true",
    },
  });
  await new Promise<void>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", () => resolve());
  });
  const outcomes = new Map<string, Outcome>();
  for (const outcome of await suite.read(checkout, results)) {
    const key = `${outcome.file} > ${outcome.name}`;
    let unique = key;
    for (let number = 2; outcomes.has(unique); number += 1) unique = `${key} (${number})`;
    outcomes.set(unique, outcome);
  }
  return outcomes;
}
