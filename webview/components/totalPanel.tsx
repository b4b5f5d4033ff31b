import { t } from "../localisation/t.ts";
import { compare } from "../model/comparison.ts";
import { factsOf } from "../model/facts.ts";
import { useDashboard } from "./dashboardContext.ts";

const arrows = { up: "↑", down: "↓", same: "" } as const;
const arrowWords = { up: t("up"), down: t("down"), same: "" } as const;

/** The one number, what it was before, and the facts under it. */
export function TotalPanel() {
  const { total, before, spend, period, formats } = useDashboard();
  const totals = total.value;
  if (totals === null) return null;
  const { outdated } = spend.state.value;
  const then = before.state.value;
  const comparison = outdated ? null : compare(period.value, totals, then.value, formats.value);
  return (
    <section class="total-panel" aria-label={t("Total")}>
      <p class="total" data-testid="total">
        {formats.value.usd(totals.costUsd)}
      </p>
      <p class="comparison" data-testid="comparison">
        {comparison !== null && (
          <>
            {comparison.change !== "" && (
              <b class={`change change-${comparison.direction}`}>
                <span role="img" aria-label={arrowWords[comparison.direction]}>
                  {arrows[comparison.direction]}
                </span>{" "}
                {comparison.change}
              </b>
            )}{" "}
            {comparison.text}
          </>
        )}
      </p>
      <dl class="facts">
        {factsOf(totals, formats.value).map((fact) => (
          <div key={fact.name} title={fact.hint}>
            <dt>{fact.label}</dt>
            <dd class={fact.bad ? "bad" : ""} data-testid={`fact-${fact.name}`}>
              {fact.value}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
