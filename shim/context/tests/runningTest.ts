import { fileURLToPath } from "node:url";
import { type Source, sourcePrefixes } from "../../../shared/sources.ts";
import type { Guard } from "../../guard.ts";
import { namedSource } from "../attribution.ts";
import { createNameLimit, shownText } from "../names.ts";

/** What a test runner says of a test. It may be anything, for it is read from the runner's own objects. */
export interface TestPlace {
  /** Path or `file:` URL. */
  file: unknown;
  /** Of the groups around it and of the test, outermost first. */
  names: readonly unknown[];
}

/** The source of a test, `test:<file> > <group> > <name>`; `null` where its file is not known. */
export type TestSource = (place: TestPlace) => Source | null;

/** How the code of a test comes to be in its scope. `place` may fail. */
export interface RunningTests {
  run<Result>(place: () => TestPlace, test: () => Result): Result;
  /** All of this process' tests were run, and its runner may kill it from now on. */
  ended(): void;
}

/** So many tests are told apart in a process. The calls of any others belong to their file. */
const MAX_TESTS = 2_000;

export function createTestSource(shown: (file: string) => string): TestSource {
  const limited = createNameLimit(MAX_TESTS);
  return ({ file, names }) => {
    if (typeof file !== "string" || file === "") return null;
    const path = shown(file.startsWith("file:") ? fileURLToPath(file) : file);
    const title = [path, ...names].map(shownText).filter((each) => each !== null);
    return namedSource(`${sourcePrefixes.test}${limited(title.join(" > ")) ?? path}`, "test");
  };
}

export interface RunningTestsOptions {
  guard: Guard;
  sourceOf: TestSource;
  withTest<Result>(source: Source, test: () => Result): Result;
  /** Keeps what is not delivered yet, before it returns. */
  keep(): void;
}

export function createRunningTests(options: RunningTestsOptions): RunningTests {
  const { guard } = options;
  return {
    run(place, test) {
      const source = guard.attempt(() => options.sourceOf(place()));
      return source ? options.withTest(source, test) : test();
    },
    ended() {
      guard.attempt(() => options.keep());
    },
  };
}
