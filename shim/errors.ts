/** Thrown into the host by a hard stop, which the user has to switch on: the call would have gone over the budget. */
export class BudgetExceededError extends Error {
  override name = "BudgetExceededError";
  readonly budgetId: string;
  readonly limitUsd: string;
  constructor(message: string, { budgetId, limitUsd }: { budgetId: string; limitUsd: string }) {
    super(message);
    this.budgetId = budgetId;
    this.limitUsd = limitUsd;
  }
}

/** Thrown into the host by a breaker, which the user has to switch on: too many calls like this one just failed. */
export class CircuitOpenError extends Error {
  override name = "CircuitOpenError";
  readonly source: string | null;
  constructor(message: string, { source }: { source: string | null }) {
    super(message);
    this.source = source;
  }
}
