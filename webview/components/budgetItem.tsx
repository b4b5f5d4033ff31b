import { useState } from "preact/hooks";
import type { BudgetInput, BudgetState } from "../../shared/budgets.ts";
import type { Failure } from "../hosts/dashboardHost.ts";
import { t } from "../localisation/t.ts";
import { type BudgetView, budgetView, hardStopWords } from "../model/budgetView.ts";
import { BudgetForm } from "./budgetForm.tsx";
import { Button, Icon, IconButton, LinkButton, Switch } from "./controls.tsx";
import { useDashboard } from "./dashboardContext.ts";

/** What the item asks before it does it. */
type Question = "remove" | "hardStop";

/** One budget: where it stands and leads, what it does not see, and what can be done with it. */
export function BudgetItem({ budget }: { budget: BudgetState }) {
  const { nowMs, formats, removeBudget, setBudget, view: shownView } = useDashboard();
  const [editing, setEditing] = useState(false);
  const [question, setQuestion] = useState<Question | null>(null);
  const [trouble, setTrouble] = useState("");
  const view = budgetView(budget, nowMs.value, formats.value);
  const testId = `budget-${budget.id}`;

  async function attempt(work: Promise<Failure | null>): Promise<void> {
    setQuestion(null);
    setTrouble((await work)?.message ?? "");
  }
  const change = (over: Partial<BudgetInput>) => {
    const { period, scope, limitUsd, team } = budget;
    return attempt(setBudget({ period, scope, limitUsd, ...(team ? { team } : {}), ...over }));
  };

  if (editing) return <BudgetForm budget={budget} title={view.title} onDone={() => setEditing(false)} />;
  return (
    <div class="budget" data-testid={testId}>
      <div class="budget-row">
        <span class="budget-title" title={view.title}>
          {view.title}
        </span>
        <span class="money" data-testid={`${testId}-amount`}>
          {view.amount}
        </span>
      </div>
      <BudgetBar budget={view} />
      <div class="budget-row small">
        <span class={view.tone === "over" ? "bad" : "dim"} data-testid={`${testId}-words`}>
          {view.words}
        </span>
        <span class="budget-actions">
          <IconButton
            icon="edit"
            label={t("Change the budget “{0}”", view.title)}
            testId={`${testId}-edit`}
            onClick={() => setEditing(true)}
          />
          <IconButton
            icon="trash"
            label={t("Remove the budget “{0}”", view.title)}
            testId={`${testId}-remove`}
            onClick={() => setQuestion("remove")}
          />
        </span>
      </div>
      {view.pace !== "" && (
        <p class={`small ${view.paceIsOver ? "concern" : "dim"}`} data-testid={`${testId}-pace`}>
          {view.paceIsOver && <Icon name="warning" />}
          {view.pace}
        </p>
      )}
      {view.hardStop !== null && (
        <div class="budget-stop small">
          <Switch
            label={t("Hard stop")}
            checked={view.hardStop}
            testId={`${testId}-stop`}
            onChange={(on) => (on ? setQuestion("hardStop") : void change({ hardStop: false }))}
          />
          <span class="dim">{view.hardStop ? t("Calls over it do not leave.") : t("It only warns.")}</span>
        </div>
      )}
      {view.blind !== "" && (
        <p class="small dim" data-testid={`${testId}-blind`}>
          {view.blind}{" "}
          <LinkButton
            testId={`${testId}-price`}
            onClick={() => {
              shownView.value = "prices";
            }}
          >
            {t("Give them a price")}
          </LinkButton>
        </p>
      )}
      {view.muted && (
        <p class="small dim">
          {t("Its warnings are switched off.")}{" "}
          <LinkButton testId={`${testId}-warn-again`} onClick={() => void change({ muted: false })}>
            {t("Warn again")}
          </LinkButton>
        </p>
      )}
      {view.inSettings && <p class="small dim">{t("Stands in the settings of VS Code, too.")}</p>}
      {question === "remove" && (
        <Confirmation
          words={
            view.inSettings
              ? t("It goes from the settings of VS Code too, at the latest when a window is next opened.")
              : t("Its warnings and its hard stop go with it.")
          }
          yes={t("Remove")}
          testId={`${testId}-remove-yes`}
          onYes={() => void attempt(removeBudget(budget.id))}
          onNo={() => setQuestion(null)}
        />
      )}
      {question === "hardStop" && (
        <Confirmation
          words={hardStopWords}
          yes={t("Switch on")}
          testId={`${testId}-stop-yes`}
          onYes={() => void change({ hardStop: true })}
          onNo={() => setQuestion(null)}
        />
      )}
      {trouble !== "" && (
        <p class="small bad" role="alert">
          {trouble}
        </p>
      )}
    </div>
  );
}

function Confirmation(props: {
  words: string;
  yes: string;
  testId: string;
  onYes: () => void;
  onNo: () => void;
}) {
  return (
    <div class="budget-question small" role="alert">
      <p>{props.words}</p>
      <div class="state-actions">
        <Button testId={props.testId} onClick={props.onYes}>
          {props.yes}
        </Button>
        <Button secondary onClick={props.onNo}>
          {t("Cancel")}
        </Button>
      </div>
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
