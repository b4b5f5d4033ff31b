/**
 * The preload throws these, and the application that catches them has the classes of another bundle, or none: so
 * `instanceof` goes by a mark on the instance, not by the class that made it.
 */
const budgetMark = Symbol.for("taximeter.BudgetExceededError");
const circuitMark = Symbol.for("taximeter.CircuitOpenError");

/** Thrown into the host by a hard stop, which the user has to switch on: the call might have gone over the budget. */
export class BudgetExceededError extends Error {
  /** Bundles may shorten the names of classes. */
  static override readonly name = "BudgetExceededError";
  override name = "BudgetExceededError";
  /** For those who tell errors by it: clients that try again what the network failed them in leave this alone. */
  readonly code = "TAXIMETER_BUDGET_EXCEEDED";
  readonly budgetId: string;
  readonly limitUsd: string;
  constructor(message: string, { budgetId, limitUsd }: { budgetId: string; limitUsd: string }) {
    super(message);
    this.budgetId = budgetId;
    this.limitUsd = limitUsd;
    Object.defineProperty(this, budgetMark, { value: true });
  }
  static override [Symbol.hasInstance](value: unknown): boolean {
    return isMarked(value, budgetMark);
  }
}

/** Thrown into the host by a breaker, which the user has to switch on: too many calls like this one just failed. */
export class CircuitOpenError extends Error {
  /** Bundles may shorten the names of classes. */
  static override readonly name = "CircuitOpenError";
  override name = "CircuitOpenError";
  readonly code = "TAXIMETER_CIRCUIT_OPEN";
  readonly source: string | null;
  constructor(message: string, { source }: { source: string | null }) {
    super(message);
    this.source = source;
    Object.defineProperty(this, circuitMark, { value: true });
  }
  static override [Symbol.hasInstance](value: unknown): boolean {
    return isMarked(value, circuitMark);
  }
}

function isMarked(value: unknown, mark: symbol): boolean {
  return typeof value === "object" && value !== null && mark in value;
}
