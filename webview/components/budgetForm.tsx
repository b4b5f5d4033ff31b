import { useEffect, useState } from "preact/hooks";
import {
  type BudgetPeriod,
  type BudgetState,
  budgetPeriods,
  DEFAULT_THRESHOLDS,
} from "../../shared/budgets.ts";
import type { Dimension } from "../../shared/dimensions.ts";
import { t } from "../localisation/t.ts";
import {
  dimensionOf,
  EVERYTHING,
  labelNames,
  scopeChoices,
  scopeOf,
  teamScopeChoices,
  teamScopes,
} from "../model/budgetScopes.ts";
import { readLimit, readThresholds } from "../model/budgetView.ts";
import { keyWords } from "../model/dimensionWords.ts";
import { Button, Select, TextField } from "./controls.tsx";
import { useDashboard } from "./dashboardContext.ts";

const periodNames: Record<BudgetPeriod, string> = { day: t("A day"), week: t("A week"), month: t("A month") };
/** Values that occurred in so many days are offered. */
const RECENTLY = "30d";
const OFFERED_VALUES = 50;
const LABELLED_CALLS = 200;
/** Stands for a value that is typed: none that is chosen is a space. */
const ANOTHER = " ";

/** Sets a budget, or changes the limit and thresholds of one that is there. */
export function BudgetForm(props: {
  budget?: BudgetState;
  title?: string;
  /** Whether a new one is to be the team's. */
  team?: boolean;
  onDone: () => void;
}) {
  const { budget, title, onDone } = props;
  const team = budget?.team ?? props.team ?? false;
  const { setBudget } = useDashboard();
  const [period, setPeriod] = useState<BudgetPeriod>(budget?.period ?? "day");
  const [dimension, setDimension] = useState<string>(budget?.scope?.dimension ?? EVERYTHING);
  const [value, setValue] = useState(budget?.scope?.value ?? "");
  const [limit, setLimit] = useState(budget?.limitUsd ?? "");
  const [warnAt, setWarnAt] = useState((budget?.thresholds ?? DEFAULT_THRESHOLDS).join(", "));
  const [trouble, setTrouble] = useState("");

  async function save(): Promise<void> {
    const limitUsd = readLimit(limit);
    const thresholds = readThresholds(warnAt);
    const scope = scopeOf(dimension, value);
    if (limitUsd === null) {
      setTrouble(t("Write an amount above 0 in US dollars, such as 12.50 or 1000."));
    } else if (thresholds === null) {
      setTrouble(t("Write percentages above 0, such as 50, 80, 100."));
    } else if (scope === undefined) {
      setTrouble(t("Say what the budget is for."));
    } else {
      const failure = await setBudget({ period, limitUsd, scope, thresholds, ...(team ? { team } : {}) });
      if (failure === null) onDone();
      else setTrouble(failure.message);
    }
  }

  return (
    <form
      class="budget-form"
      aria-label={title === undefined ? t("Set a budget") : t("Change the budget “{0}”", title)}
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
      onKeyDown={(event) => {
        if (event.key === "Escape") onDone();
      }}
    >
      {title !== undefined && <p class="budget-title">{title}</p>}
      <div class="budget-form-row">
        <TextField
          label={t("Limit in US dollars")}
          placeholder="$5.00"
          testId="budget-limit"
          value={limit}
          invalid={trouble !== "" && readLimit(limit) === null}
          focused
          onInput={setLimit}
        />
        {budget === undefined && (
          <Select
            label={t("Period")}
            testId="budget-period"
            value={period}
            options={budgetPeriods.map((name) => ({ value: name, label: periodNames[name] }))}
            onChange={(name) => setPeriod(budgetPeriods.find((known) => known === name) ?? "day")}
          />
        )}
      </div>
      {budget === undefined && (
        <ScopeFields
          team={team}
          dimension={dimension}
          value={value}
          onDimension={(chosen) => {
            setDimension(chosen);
            setValue("");
          }}
          onValue={setValue}
        />
      )}
      <div class="budget-warn-at">
        <span class="small dim" aria-hidden="true">
          {t("Warn at (%)")}
        </span>
        <TextField
          label={t("Warn at these percentages")}
          testId="budget-warn-at"
          value={warnAt}
          invalid={trouble !== "" && readThresholds(warnAt) === null}
          onInput={setWarnAt}
        />
      </div>
      {trouble !== "" && (
        <p class="small bad" role="alert">
          {trouble}
        </p>
      )}
      <div class="state-actions">
        <Button testId="budget-save" onClick={() => void save()}>
          {t("Save")}
        </Button>
        <Button secondary onClick={onDone}>
          {t("Cancel")}
        </Button>
      </div>
    </form>
  );
}

/** What the budget is for: a dimension, and of it a value that occurs or is typed. */
function ScopeFields(props: {
  team: boolean;
  dimension: string;
  value: string;
  onDimension: (dimension: string) => void;
  onValue: (value: string) => void;
}) {
  const { dimension, value, onDimension, onValue } = props;
  const [typing, setTyping] = useState(false);
  const labels = useLabels();
  const chosen = dimensionOf(dimension);
  const values = useValues(chosen, props.team);
  const typed = typing || (values !== null && values.length === 0);
  // The first is as good a guess as any: they come by what was spent.
  useEffect(() => {
    const first = values?.[0];
    if (value === "" && !typed && first !== undefined) onValue(first);
  }, [values]);
  return (
    <>
      <Select
        label={t("For")}
        testId="budget-scope"
        value={dimension}
        options={props.team ? teamScopeChoices() : scopeChoices(labels)}
        onChange={(next) => {
          setTyping(false);
          onDimension(next);
        }}
      />
      {chosen !== null && values !== null && values.length > 0 && (
        <Select
          label={t("Which")}
          testId="budget-value"
          value={typing ? ANOTHER : value}
          options={[
            ...values.map((known) => ({
              value: known,
              label: keyWords(chosen, known),
              ...(chosen === "workspace" && !props.team ? { description: known } : {}),
            })),
            { value: ANOTHER, label: t("Another…") },
          ]}
          onChange={(next) => {
            setTyping(next === ANOTHER);
            onValue(next === ANOTHER ? "" : next);
          }}
        />
      )}
      {chosen !== null && typed && (
        <TextField
          label={t("Which")}
          placeholder={t("Its name")}
          testId="budget-other"
          value={value}
          onInput={onValue}
        />
      )}
    </>
  );
}

/** Values of the dimension that occurred lately, the costliest first; `null` until they are known. */
function useValues(dimension: Dimension | null, team: boolean): string[] | null {
  const { host, scope, surroundings } = useDashboard();
  const [known, setKnown] = useState<{ dimension: Dimension; values: string[] } | null>(null);
  useEffect(() => {
    if (dimension === null) return;
    let wanted = true;
    const query = { from: RECENTLY, limit: OFFERED_VALUES };
    const name = Object.entries(teamScopes).find(([known]) => known === dimension)?.[1];
    const asked = team
      ? host.request("teamSpend", { query: { ...query, groupBy: [name ?? "developer"] } })
      : host.request("spend", { query: { ...query, groupBy: [dimension] } });
    void asked.then((answer) => {
      if (!wanted) return;
      const rows = answer.ok ? answer.value.rows : [];
      const values = rows.map(({ key }) => key).filter((key) => key !== null && key !== "");
      // The workspace that one looks at, or that is open, comes first.
      const here = dimension === "workspace" && !team ? (scope.peek() ?? surroundings.workspace) : null;
      const all = here === null ? values : [here, ...values.filter((value) => value !== here)];
      setKnown({ dimension, values: all.filter((value) => value !== null) });
    });
    return () => {
      wanted = false;
    };
  }, [dimension]);
  return known?.dimension === dimension ? known.values : null;
}

function useLabels(): string[] {
  const { host } = useDashboard();
  const [labels, setLabels] = useState<string[]>([]);
  useEffect(() => {
    let wanted = true;
    const query = { from: RECENTLY, limit: LABELLED_CALLS };
    void host.request("calls", { query }).then((answer) => {
      if (wanted && answer.ok) setLabels(labelNames(answer.value.calls));
    });
    return () => {
      wanted = false;
    };
  }, []);
  return labels;
}
