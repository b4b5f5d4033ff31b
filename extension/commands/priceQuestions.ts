import * as vscode from "vscode";
import {
  type PriceAmounts,
  type PriceField,
  parsePriceName,
  type UnpricedModel,
} from "../../shared/prices.ts";
import { typedUsd } from "../../shared/typedUsd.ts";
import { callCount, count, type Language } from "../language.ts";
import { pick } from "./pick.ts";

export type PriceTarget = Pick<UnpricedModel, "provider" | "model">;

/** Which model gets a price: one of those without, or another that the user names. */
export async function pickPriced(
  models: readonly UnpricedModel[],
  language: Language,
): Promise<PriceTarget | undefined> {
  const { l10n } = language;
  const chosen = await pick<UnpricedModel | null>(
    [...models, null],
    (model) =>
      model === null
        ? { label: l10n.t("Another model…"), description: l10n.t("by its name") }
        : {
            label: model.model ?? l10n.t("not named"),
            description: model.provider,
            detail: l10n.t(
              "{0} without a price, {1} tokens in, {2} out",
              callCount(language, model.calls),
              count(language, model.inputTokens),
              count(language, model.outputTokens),
            ),
          },
    models.length === 0
      ? l10n.t("Every call has a price. Of which model is it to be another?")
      : l10n.t("Which model is to get a price?"),
  );
  if (chosen !== null) return chosen && { provider: chosen.provider, model: chosen.model };
  const typed = await vscode.window.showInputBox({
    title: l10n.t("Set Price"),
    prompt: l10n.t("Provider and name of the model"),
    placeHolder: "openai:my-model",
    validateInput: (text) =>
      parsePriceName(text.trim()) === null
        ? l10n.t("It must be provider:model, like openai:my-model.")
        : undefined,
  });
  return typed === undefined ? undefined : (parsePriceName(typed.trim()) ?? undefined);
}

interface Question {
  field: PriceField;
  prompt: string;
  placeHolder: string;
  /** May be left empty: what is read or written then is billed as the rest. */
  isOptional: boolean;
}

/** Asks for the price of a million tokens in, out and read from the cache; `undefined` where the user left it. */
export async function askPrice(target: PriceTarget, language: Language): Promise<PriceAmounts | undefined> {
  const amounts: PriceAmounts = {};
  const questions = target.model === null ? creditQuestions(language) : tokenQuestions(language);
  for (const [step, { field, prompt, placeHolder, isOptional }] of questions.entries()) {
    const typed = await vscode.window.showInputBox({
      title: language.l10n.t(
        "Price of {0} ({1} of {2})",
        target.model ?? target.provider,
        step + 1,
        questions.length,
      ),
      prompt,
      placeHolder,
      ignoreFocusOut: true,
      validateInput: (text) => refusal(text, isOptional, language),
    });
    if (typed === undefined) return undefined;
    const amount = parseUsd(typed);
    if (amount !== null) amounts[field] = amount;
  }
  return amounts;
}

function tokenQuestions({ l10n }: Language): Question[] {
  return [
    {
      field: "inputUsdPerMillion",
      prompt: l10n.t("US dollars for a million tokens in"),
      placeHolder: "3",
      isOptional: false,
    },
    {
      field: "outputUsdPerMillion",
      prompt: l10n.t("US dollars for a million tokens out"),
      placeHolder: "12",
      isOptional: false,
    },
    {
      field: "cacheReadUsdPerMillion",
      prompt: l10n.t("US dollars for a million tokens read from the cache (empty: as tokens in)"),
      placeHolder: "0.30",
      isOptional: true,
    },
  ];
}

/** What is billed without a model is billed by request or by the credits of a plan. */
function creditQuestions({ l10n }: Language): Question[] {
  return [
    { field: "requestUsd", prompt: l10n.t("US dollars for a request"), placeHolder: "0", isOptional: false },
    { field: "creditUsd", prompt: l10n.t("US dollars for a credit"), placeHolder: "0.001", isOptional: true },
  ];
}

function refusal(text: string, isOptional: boolean, { l10n }: Language): string | undefined {
  if (isOptional && text.trim() === "") return undefined;
  return parseUsd(text) === null ? l10n.t("An amount in US dollars, such as 3 or 0.15.") : undefined;
}

/** `3`, `0.15`, `0,15` or `$3`; `null` for anything else. */
export function parseUsd(text: string): number | null {
  const usd = typedUsd(text);
  return usd === null ? null : Number(usd);
}
