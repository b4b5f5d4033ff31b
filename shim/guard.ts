/**
 * Between the shim and the host: what goes wrong inside stays inside. A part that fails again and again is switched off.
 */
export interface Guard {
  /** `false` once the part was switched off. */
  readonly on: boolean;
  readonly failures: number;
  /** Runs a step of the part; `undefined` where it is off or the step failed. */
  attempt<Result>(step: () => Result): Result | undefined;
  /** Notes a failure that was caught elsewhere. */
  failed(): void;
}

const MAX_FAILURES = 20;

export function createGuard(): Guard {
  let failures = 0;
  return {
    get on() {
      return failures < MAX_FAILURES;
    },
    get failures() {
      return failures;
    },
    attempt(step) {
      if (failures >= MAX_FAILURES) return undefined;
      try {
        return step();
      } catch {
        failures += 1;
        return undefined;
      }
    },
    failed() {
      failures += 1;
    },
  };
}
