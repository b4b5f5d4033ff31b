import { glob, readFile } from "node:fs/promises";
import { join, relative } from "node:path";

/** One test of a suite and how it ended: `passed`, `failed`, `skipped`, or what its runner says. */
export interface Outcome {
  /** File of the test, relative to the suite's checkout. */
  file: string;
  /** Unique within its file. */
  name: string;
  outcome: string;
}

export interface SuiteRun {
  args: string[];
  /** Files of ours that Node loads before the suite's own. */
  preloads?: string[];
  env?: Record<string, string>;
}

/** Somebody else's test suite, in a checkout with its dependencies installed. */
export interface Suite {
  /** What it is, in a few words. */
  title: string;
  /** Files of tests, relative to the checkout. */
  files(checkout: string): Promise<string[]>;
  /** How Node is to run some of the files, and to write the results. */
  run(checkout: string, files: readonly string[], results: string): SuiteRun;
  read(checkout: string, results: string): Promise<Outcome[]>;
}

const beside = (name: string) => join(import.meta.dirname, name);

/** Where a file of tests is given up. */
const FILE_TIMEOUT_MS = 120_000;

function nodeTests(title: string, pattern: string, preloads: string[] = []): Suite {
  return {
    title,
    files: (checkout) => sorted(glob(pattern, { cwd: checkout })),
    run: (checkout, files, results) => ({
      args: [
        "--test",
        "--expose-gc",
        "--test-force-exit",
        "--test-concurrency=1",
        `--test-timeout=${FILE_TIMEOUT_MS}`,
        `--test-reporter=${beside("outcomes.mjs")}`,
        `--test-reporter-destination=${results}`,
        ...files,
      ],
      preloads,
      env: { SUITE_CHECKOUT: checkout },
    }),
    async read(checkout, results) {
      const lines = (await readFile(results, "utf8")).trim().split("\n");
      return lines.map((line) => {
        const { file, name, outcome }: Outcome = JSON.parse(line);
        return { file: relative(checkout, file), name: name.replace(checkout, "."), outcome };
      });
    },
  };
}

/** Results in the form that Jest and Vitest share. */
interface JestResults {
  testResults: {
    name: string;
    status: string;
    assertionResults: { fullName: string; status: string }[];
  }[];
}

async function readJestResults(checkout: string, results: string): Promise<Outcome[]> {
  const { testResults }: JestResults = JSON.parse(await readFile(results, "utf8"));
  return testResults.flatMap(({ name, status, assertionResults }) => {
    const file = relative(checkout, name);
    return [
      { file, name: "(the file)", outcome: status },
      ...assertionResults.map((test) => ({ file, name: test.fullName, outcome: test.status })),
    ];
  });
}

interface MochaResults {
  passes: { file: string; fullTitle: string }[];
  failures: { file: string; fullTitle: string }[];
  pending: { file: string; fullTitle: string }[];
}

async function readMochaResults(checkout: string, results: string): Promise<Outcome[]> {
  const { passes, failures, pending }: MochaResults = JSON.parse(await readFile(results, "utf8"));
  return Object.entries({ passed: passes, failed: failures, skipped: pending }).flatMap(([outcome, tests]) =>
    tests.map(({ file, fullTitle }) => ({ file: relative(checkout, file), name: fullTitle, outcome })),
  );
}

function jest(_checkout: string, files: readonly string[], results: string): SuiteRun {
  return {
    args: [
      "node_modules/jest/bin/jest.js",
      ...["--json", `--outputFile=${results}`, "--maxWorkers=2", "--runTestsByPath"],
      ...files,
    ],
    env: { OPENAI_TEST_SUITE: "generated" },
  };
}

async function openaiTests(checkout: string, wanted: (isGenerated: boolean) => boolean): Promise<string[]> {
  const list = join(checkout, "scripts", "generated-test-patterns.json");
  const generated: string[] = JSON.parse(await readFile(list, "utf8"));
  const all = await sorted(glob("tests/**/*.test.ts", { cwd: checkout }));
  return all.filter(
    (file) =>
      wanted(generated.some((pattern) => file.startsWith(pattern))) && !file.startsWith("tests/live/"),
  );
}

export const suites: Record<string, Suite> = {
  needle: {
    title: "needle's own tests of its client over node:http",
    files: async (checkout) => {
      const all = await sorted(glob("test/*_spec.js", { cwd: checkout }));
      // It changes the agent of the whole process, in which all of them run.
      return all.filter((file) => !file.endsWith("tls_options_spec.js"));
    },
    run: (_checkout, files, results) => ({
      args: [
        "node_modules/mocha/bin/mocha.js",
        ...["--exit", "--timeout", "20000", "--reporter", "json", "--reporter-option", `output=${results}`],
        ...files,
      ],
    }),
    read: readMochaResults,
  },
  "undici-fetch": nodeTests("undici's tests of fetch, pointed at the built-in one", "test/fetch/*.js", [
    beside("builtInFetch.cjs"),
  ]),
  undici: nodeTests("undici's own tests", "test/*.js"),
  openai: {
    title: "openai-node's tests written by hand",
    files: (checkout) => openaiTests(checkout, (isGenerated) => !isGenerated),
    run: (_checkout, files, results) => ({
      args: [
        "node_modules/vitest/vitest.mjs",
        ...["run", "--config", "vitest.config.mts", "--reporter=json", `--outputFile=${results}`],
        ...files,
      ],
    }),
    read: readJestResults,
  },
  "openai-generated": {
    title: "openai-node's generated tests, against a server that answers {}",
    files: (checkout) => openaiTests(checkout, (isGenerated) => isGenerated),
    run: jest,
    read: readJestResults,
  },
  anthropic: {
    title: "anthropic-sdk-typescript's own tests, the generated ones against a server that answers {}",
    files: (checkout) => sorted(glob("tests/**/*.test.ts", { cwd: checkout })),
    run: jest,
    read: readJestResults,
  },
};

async function sorted(names: AsyncIterable<string>): Promise<string[]> {
  const all: string[] = [];
  for await (const name of names) all.push(name);
  return all.toSorted();
}
