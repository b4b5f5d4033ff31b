import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { type BudgetPeriod, budgetPeriods } from "../../shared/budgets.ts";
import { type BudgetView, budgetView, readLimit } from "../model/budgetView.ts";
import { folderName } from "../model/dimensionWords.ts";
import { Button, IconButton, LinkButton, Select, TextField } from "./controls.tsx";
import { useDashboard } from "./dashboardContext.ts";

export function Budgets() {
  const { budgets, nowMs, formats } = useDashboard();
  const [adding, setAdding] = useState(false);
  const known = budgets.value;
  const section = useRef<HTMLElement>(null);
  const wasAdding = useRef(false);
  // A form that closes gives the keyboard back to the button that opened it.
  useLayoutEffect(() => {
    if (wasAdding.current && !adding) section.current?.querySelector("button")?.focus();
    wasAdding.current = adding;
  }, [adding]);
  return (
    <section ref={section} class="budgets" aria-labelledby="budgets-title" data-testid="budgets">
      <div class="aside-head">
        <h2 id="budgets-title">Budgets</h2>
        {!adding && (
          <IconButton icon="add" label="Set a budget" testId="budget-add" onClick={() => setAdding(true)} />
        )}
      </div>
      {known?.map((budget) => (
        <BudgetItem key={budget.id} budget={budgetView(budget, nowMs.value, formats.value)} />
      ))}
      {known !== null && known.length === 0 && !adding && (
        <p class="dim">
          None yet. <LinkButton onClick={() => setAdding(true)}>Set one</LinkButton> to be warned before the
          money is gone.
        </p>
      )}
      {adding && <BudgetForm onDone={() => setAdding(false)} />}
    </section>
  );
}

function BudgetItem({ budget }: { budget: BudgetView }) {
  const { removeBudget } = useDashboard();
  const [asked, setAsked] = useState(false);
  const [trouble, setTrouble] = useState("");
  return (
    <div class="budget" data-testid={`budget-${budget.id}`}>
      <div class="budget-row">
        <span class="budget-title" title={budget.title}>
          {budget.title}
        </span>
        <span class="money" data-testid={`budget-${budget.id}-amount`}>
          {budget.amount}
        </span>
      </div>
      <BudgetBar budget={budget} />
      <div class="budget-row small">
        <span class={budget.tone === "over" ? "bad" : "dim"} data-testid={`budget-${budget.id}-words`}>
          {budget.words}
        </span>
        {asked ? (
          <span>
            <LinkButton
              testId={`budget-${budget.id}-remove-yes`}
              onClick={async () => setTrouble((await removeBudget(budget.id))?.message ?? "")}
            >
              Remove
            </LinkButton>{" "}
            <LinkButton onClick={() => setAsked(false)}>Keep</LinkButton>
          </span>
        ) : (
          <IconButton
            icon="trash"
            label={`Remove the budget “${budget.title}”`}
            testId={`budget-${budget.id}-remove`}
            onClick={() => setAsked(true)}
          />
        )}
      </div>
      {budget.stop !== "" && <p class="small dim">{budget.stop}</p>}
      {budget.blind !== "" && <p class="small dim">{budget.blind}</p>}
      {trouble !== "" && (
        <p class="small bad" role="alert">
          {trouble}
        </p>
      )}
    </div>
  );
}

/** Filled by what is spent; the mark shows how much of the period is over. */
function BudgetBar({ budget }: { budget: BudgetView }) {
  return (
    <svg
      class={`bar bar-${budget.tone}`}
      viewBox="0 0 100 5"
      preserveAspectRatio="none"
      role="img"
      aria-label={budget.words}
    >
      <rect class="bar-track" width="100" height="5" />
      <rect class="bar-fill" width={budget.filled} height="5" />
      <rect class="bar-mark" x={Math.min(99.3, budget.elapsed)} width="0.7" height="5" />
    </svg>
  );
}

const periodNames: Record<BudgetPeriod, string> = { day: "A day", week: "A week", month: "A month" };
const EVERYTHING = "";

function BudgetForm({ onDone }: { onDone: () => void }) {
  const { setBudget, scope, surroundings } = useDashboard();
  const workspace = scope.value ?? surroundings.workspace;
  const [period, setPeriod] = useState<BudgetPeriod>("day");
  const [place, setPlace] = useState(EVERYTHING);
  const [limit, setLimit] = useState("");
  const [trouble, setTrouble] = useState("");

  async function save(): Promise<void> {
    const limitUsd = readLimit(limit);
    if (limitUsd === null) {
      setTrouble("Write an amount above 0 in US dollars, such as 5 or 12.50.");
      return;
    }
    const failure = await setBudget({
      period,
      limitUsd,
      scope: place === EVERYTHING ? null : { dimension: "workspace", value: place },
    });
    if (failure === null) onDone();
    else setTrouble(failure.message);
  }

  return (
    <form
      class="budget-form"
      aria-label="Set a budget"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
      onKeyDown={(event) => {
        if (event.key === "Escape") onDone();
      }}
    >
      <div class="budget-form-row">
        <TextField
          label="Limit in US dollars"
          placeholder="USD"
          testId="budget-limit"
          value={limit}
          invalid={trouble !== ""}
          focused
          onInput={setLimit}
        />
        <Select
          label="Period"
          testId="budget-period"
          value={period}
          options={budgetPeriods.map((name) => ({ value: name, label: periodNames[name] }))}
          onChange={(name) => setPeriod(budgetPeriods.find((known) => known === name) ?? "day")}
        />
      </div>
      {workspace !== null && (
        <Select
          label="For"
          testId="budget-scope"
          value={place}
          options={[
            { value: EVERYTHING, label: "For everything" },
            { value: workspace, label: `For ${folderName(workspace)}`, description: workspace },
          ]}
          onChange={setPlace}
        />
      )}
      {trouble !== "" && (
        <p class="small bad" role="alert">
          {trouble}
        </p>
      )}
      <div class="state-actions">
        <Button testId="budget-save" onClick={() => void save()}>
          Save
        </Button>
        <Button secondary onClick={onDone}>
          Cancel
        </Button>
      </div>
    </form>
  );
}
