import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { t } from "../localisation/t.ts";
import { BudgetForm } from "./budgetForm.tsx";
import { BudgetItem } from "./budgetItem.tsx";
import { IconButton, LinkButton } from "./controls.tsx";
import { useDashboard } from "./dashboardContext.ts";

/** One's own, or those of the team. */
export function Budgets({ team = false }: { team?: boolean }) {
  const { budgets } = useDashboard();
  const [adding, setAdding] = useState(false);
  const known = budgets.value?.filter((budget) => (budget.team === true) === team) ?? null;
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
        <h2 id="budgets-title">{team ? t("Budgets of the team") : t("Budgets")}</h2>
        {!adding && (
          <IconButton
            icon="add"
            label={t("Set a budget")}
            testId="budget-add"
            onClick={() => setAdding(true)}
          />
        )}
      </div>
      {known?.map((budget) => (
        <BudgetItem key={budget.id} budget={budget} />
      ))}
      {known !== null && known.length === 0 && !adding && (
        <p class="dim">
          {t("None yet. A budget warns before the money is gone.")}{" "}
          <LinkButton onClick={() => setAdding(true)}>{t("Set one")}</LinkButton>
        </p>
      )}
      {!team && <StoppedCalls />}
      {adding && <BudgetForm team={team} onDone={() => setAdding(false)} />}
    </section>
  );
}

/** What hard stops and breakers kept from leaving. */
function StoppedCalls() {
  const { status, formats, view } = useDashboard();
  const stopped = status.value?.refusedCalls ?? 0;
  if (stopped === 0) return null;
  return (
    <p class="small" data-testid="stopped-calls">
      {stopped === 1
        ? t("1 call was stopped before it left, since the daemon started.")
        : t(
            "{0} calls were stopped before they left, since the daemon started.",
            formats.value.count(stopped),
          )}{" "}
      <LinkButton
        onClick={() => {
          view.value = "protection";
        }}
      >
        {t("By what?")}
      </LinkButton>
    </p>
  );
}
