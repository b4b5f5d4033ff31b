import { sumUsd } from "../../shared/money.ts";
import { t } from "../localisation/t.ts";
import { callsInWords } from "../model/costWords.ts";
import type { Formats } from "../model/formats.ts";
import type { RepricingState } from "../state/repricing.ts";
import { LinkButton } from "./controls.tsx";
import { useDashboard } from "./dashboardContext.ts";
import { Note } from "./notices.tsx";

/** How far history has been priced again, and what came of it. */
export function RepricingNote() {
  const { repricing, formats } = useDashboard();
  const state = repricing.state.value;
  if (state === null) return null;
  return (
    <Note tone={state.failure === null ? "info" : "warning"} testId="repricing">
      <p role="status" data-running={state.running}>
        {state.running
          ? t(
              "Pricing history again: {0} of {1} calls changed so far…",
              formats.value.count(state.changedCalls),
              formats.value.count(state.calls),
            )
          : resultWords(state, formats.value)}
        {state.running ? (
          <LinkButton testId="repricing-stop" onClick={repricing.stop}>
            {t("Stop")}
          </LinkButton>
        ) : (
          <LinkButton testId="repricing-dismiss" onClick={repricing.dismiss}>
            {t("Dismiss")}
          </LinkButton>
        )}
      </p>
    </Note>
  );
}

function resultWords(state: RepricingState, formats: Formats): string {
  const { calls, changedCalls, models, failure } = state;
  const change = sumUsd(...models.map(({ differenceUsd }) => differenceUsd));
  const amount = formats.usd(change.replace("-", ""));
  const looked = callsInWords(calls, formats);
  const result =
    changedCalls === 0
      ? t("{0} looked at: nothing changed.", looked)
      : Number(change) === 0
        ? t("{0} looked at, {1} changed; the total is the same.", looked, formats.count(changedCalls))
        : Number(change) > 0
          ? t(
              "{0} looked at, {1} changed: {2} more than before.",
              looked,
              formats.count(changedCalls),
              amount,
            )
          : t(
              "{0} looked at, {1} changed: {2} less than before.",
              looked,
              formats.count(changedCalls),
              amount,
            );
  return failure === null ? result : `${t("It stopped before its end: {0}", failure.message)} ${result}`;
}
