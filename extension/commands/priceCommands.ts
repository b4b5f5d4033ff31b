import * as vscode from "vscode";
import { ApiRequestError } from "../../daemon/client/errors.ts";
import { repriceAll, type WholeRepricing } from "../../daemon/client/repriceAll.ts";
import { sumUsd } from "../../shared/money.ts";
import type { PriceCatalogue, RepriceInput } from "../../shared/prices.ts";
import { commands } from "../contributions.ts";
import type { DaemonLink } from "../daemon/daemonLink.ts";
import { amount, callCount, day, type Language } from "../language.ts";
import { reportPeriodName, reportPeriods } from "../reports/reportPeriods.ts";
import type { CommandHandlers } from "./commandHandlers.ts";
import { pick } from "./pick.ts";
import { askPrice, pickPriced } from "./priceQuestions.ts";

type Names = "setPrice" | "updatePrices" | "repriceHistory";

export function priceCommands(options: {
  link: DaemonLink;
  language: Language;
}): Pick<CommandHandlers, Names> {
  const { link, language } = options;
  const { l10n } = language;

  /** History may be long: what is done already stays done where it is left. */
  const reprice = (input: RepriceInput) =>
    vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title: l10n.t("Pricing history again") },
      () => repriceAll(link, input),
    );
  const offerReport = async (sentence: string) => {
    const show = l10n.t("Show Report");
    const chosen = await vscode.window.showInformationMessage(sentence, show);
    if (chosen === show) await vscode.commands.executeCommand(commands.showReport, { dimension: "model" });
  };

  return {
    /** A model without a price, or any other; its price; then history by it. */
    async setPrice() {
      const { models } = await link.request("unpriced", { query: { from: "all" } });
      const target = await pickPriced(models, language);
      if (target === undefined) return;
      const amounts = await askPrice(target, language);
      if (amounts === undefined) return;
      await link.request("setPrice", { body: { ...target, ...amounts } });
      const { provider, model } = target;
      const repriced = await reprice({ provider, ...(model === null ? {} : { model }) });
      await offerReport(
        `${l10n.t("{0} has a price now.", model ?? provider)} ${repricedSentence(repriced, language)}`,
      );
    },

    async updatePrices() {
      const [file] =
        (await vscode.window.showOpenDialog({
          title: l10n.t("Update Prices: choose data.json of pydantic/genai-prices"),
          openLabel: l10n.t("Update Prices"),
          filters: { JSON: ["json"] },
        })) ?? [];
      if (file === undefined) return;
      const catalogue = await updateCatalogue(link, file.fsPath, language);
      if (catalogue === null) return;
      const date = day(language, catalogue.date);
      const again = l10n.t("Reprice History…");
      const chosen = await vscode.window.showInformationMessage(
        l10n.t("Prices of {0} hold for new calls.", date),
        again,
      );
      if (chosen === again) await vscode.commands.executeCommand(commands.repriceHistory);
    },

    /** Tells what would change before it changes anything. */
    async repriceHistory() {
      const period = await pick(
        reportPeriods,
        (known) => ({ label: reportPeriodName(known, language) }),
        l10n.t("Calls of what period are to be priced again?"),
      );
      if (period === undefined) return;
      const outlook = await reprice({ from: period, dryRun: true });
      if (outlook.changedCalls === 0) {
        void vscode.window.showInformationMessage(l10n.t("Every call keeps the cost that it has."));
        return;
      }
      const go = l10n.t("Reprice");
      const chosen = await vscode.window.showWarningMessage(
        l10n.t("To be changed: {0}.", callCount(language, outlook.changedCalls)),
        { modal: true, detail: repricedSentence(outlook, language) },
        go,
      );
      if (chosen !== go) return;
      await offerReport(repricedSentence(await reprice({ from: period }), language));
    },
  };
}

/** `null` where the list is older than the one in force and the user leaves it at that. */
async function updateCatalogue(
  link: DaemonLink,
  file: string,
  { l10n }: Language,
): Promise<PriceCatalogue | null> {
  try {
    return await link.request("updateCatalogue", { body: { file } });
  } catch (error) {
    if (!(error instanceof ApiRequestError) || error.status !== 409) throw error;
    const take = l10n.t("Take It All the Same");
    const chosen = await vscode.window.showWarningMessage(error.message, take);
    return chosen === take ? link.request("updateCatalogue", { body: { file, force: true } }) : null;
  }
}

export function repricedSentence({ changedCalls, models }: WholeRepricing, language: Language): string {
  const { l10n } = language;
  if (changedCalls === 0) return l10n.t("No call that was recorded changed by it.");
  const [first, ...others] = models;
  const hadPrice = models.some(({ calls, oldUnpricedCalls }) => oldUnpricedCalls < calls);
  const hasPrice = models.some(({ calls, newUnpricedCalls }) => newUnpricedCalls < calls);
  const before = amount(language, hadPrice ? sumUsd(...models.map(({ oldCostUsd }) => oldCostUsd)) : null);
  const after = amount(language, hasPrice ? sumUsd(...models.map(({ newCostUsd }) => newCostUsd)) : null);
  const whose =
    others.length === 0
      ? (first?.model ?? first?.provider ?? "")
      : l10n.t("{0} and {1} more", first?.model ?? first?.provider ?? "", others.length);
  return l10n.t("{0} ({1}): {2} in place of {3}.", callCount(language, changedCalls), whose, after, before);
}
