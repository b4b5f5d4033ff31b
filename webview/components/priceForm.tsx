import { useState } from "preact/hooks";
import type { PriceAmounts, PriceField, UnpricedModel } from "../../shared/prices.ts";
import type { Failure } from "../hosts/dashboardHost.ts";
import { t } from "../localisation/t.ts";
import {
  fieldWords,
  firstFields,
  furtherFields,
  pricedWords,
  readAmounts,
  type TypedAmounts,
} from "../model/priceView.ts";
import { Button, LinkButton, TextField } from "./controls.tsx";

/** Dollars for what a model is billed by. Escape gives up. */
export function PriceForm(props: {
  of: Pick<UnpricedModel, "provider" | "model">;
  onSave: (amounts: PriceAmounts) => Promise<Failure | null>;
  onCancel: () => void;
}) {
  const [typed, setTyped] = useState<TypedAmounts>({});
  // What is billed without a model is seldom billed by tokens.
  const [all, setAll] = useState(props.of.model === null);
  const [wrong, setWrong] = useState<PriceField | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [saving, setSaving] = useState(false);

  async function save(): Promise<void> {
    const read = readAmounts(typed);
    if (read === null) return setProblem(t("Write at least one price, in dollars."));
    if ("wrong" in read) {
      setWrong(read.wrong);
      return setProblem(t("{0}: write an amount in dollars, like 2.50.", fieldWords[read.wrong].name));
    }
    setWrong(null);
    setSaving(true);
    const failure = await props.onSave(read.amounts);
    setSaving(false);
    setProblem(failure?.message ?? null);
  }

  const shown = all ? [...firstFields, ...furtherFields] : firstFields;
  return (
    <fieldset
      class="price-form"
      aria-label={t("Price of {0}", pricedWords(props.of))}
      data-testid="price-form"
      onKeyDown={(event) => {
        if (event.key === "Escape") props.onCancel();
        if (
          event.key === "Enter" &&
          event.target instanceof HTMLElement &&
          event.target.tagName === "VSCODE-TEXTFIELD"
        )
          void save();
      }}
    >
      <div class="price-fields">
        {shown.map((field, index) => {
          const { name, per } = fieldWords[field];
          return (
            <div key={field} class="price-field">
              <span class="dim small" aria-hidden="true">
                {t("{0}, $ per {1}", name, per)}
              </span>
              <TextField
                label={t("{0}, $ per {1}", name, per)}
                testId={`amount-${field}`}
                value={typed[field] ?? ""}
                invalid={wrong === field}
                focused={index === 0}
                placeholder="0.00"
                onInput={(text) => {
                  setTyped((before) => ({ ...before, [field]: text }));
                  setProblem(null);
                  setWrong(null);
                }}
              />
            </div>
          );
        })}
      </div>
      {problem !== null && (
        <p class="bad" role="alert">
          {problem}
        </p>
      )}
      <div class="state-actions">
        <Button testId="price-save" disabled={saving} onClick={() => void save()}>
          {t("Save and price its calls")}
        </Button>
        <Button secondary testId="price-cancel" onClick={props.onCancel}>
          {t("Cancel")}
        </Button>
        {!all && (
          <LinkButton testId="price-more" onClick={() => setAll(true)}>
            {t("More prices…")}
          </LinkButton>
        )}
      </div>
    </fieldset>
  );
}
