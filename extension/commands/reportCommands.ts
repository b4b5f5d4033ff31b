import * as vscode from "vscode";
import { type Dimension, dimensions, isDimension } from "../../shared/dimensions.ts";
import type { CommandLine } from "../daemon/commandLine.ts";
import type { Language } from "../language.ts";
import { dimensionInSentence, dimensionName } from "../reports/dimensionNames.ts";
import type { ReportDocuments } from "../reports/reportDocuments.ts";
import { type ReportPeriod, reportPeriodName, reportPeriods } from "../reports/reportPeriods.ts";
import type { CommandHandlers } from "./commandHandlers.ts";
import { pick } from "./pick.ts";

type Names = "showReport" | "showTopConversations" | "showPerformance" | "showUnpricedModels" | "exportCalls";

export function reportCommands(options: {
  documents: ReportDocuments;
  commandLine: CommandLine;
  language: Language;
}): Pick<CommandHandlers, Names> {
  const { documents, commandLine, language } = options;
  const { l10n } = language;
  return {
    /** With `{dimension, period}`, either or both, what is known is not asked for. */
    async showReport(wanted) {
      const known = reportRequest(wanted);
      const dimension = known.dimension ?? (await pickDimension(language));
      if (dimension === undefined) return;
      const period = known.period ?? (await pickPeriod(language));
      if (period === undefined) return;
      const name = dimensionInSentence(dimension, language);
      const title = l10n.t("AI spend by {0}, {1}", name, reportPeriodName(period, language));
      await documents.open({ kind: "spend", dimension, period }, title);
    },
    async showTopConversations() {
      const period = await pickPeriod(language);
      if (period === undefined) return;
      const title = l10n.t("Top conversations, {0}", reportPeriodName(period, language));
      await documents.open({ kind: "conversations", period }, title);
    },
    async showPerformance() {
      const dimension = await pick<Dimension>(
        ["provider", "model", "source"],
        (known) => ({ label: dimensionName(known, language) }),
        l10n.t("Whose performance?"),
      );
      if (dimension === undefined) return;
      const period = await pickPeriod(language);
      if (period === undefined) return;
      const name = dimensionInSentence(dimension, language);
      const title = l10n.t("Performance by {0}, {1}", name, reportPeriodName(period, language));
      await documents.open({ kind: "performance", dimension, period }, title);
    },
    async showUnpricedModels() {
      await documents.open({ kind: "unpriced" }, l10n.t("Models without a price"));
    },
    async exportCalls() {
      const period = await pickPeriod(language);
      if (period === undefined) return;
      const target = await vscode.window.showSaveDialog({
        title: l10n.t("Export Calls"),
        saveLabel: l10n.t("Export"),
        filters: { CSV: ["csv"], NDJSON: ["ndjson"] },
      });
      if (target === undefined) return;
      const format = target.path.endsWith(".ndjson") ? "ndjson" : "csv";
      const progress = {
        location: vscode.ProgressLocation.Notification,
        title: l10n.t("Exporting calls"),
        cancellable: true,
      };
      const done = await vscode.window.withProgress(progress, async (_, cancellation) => {
        const abort = new AbortController();
        cancellation.onCancellationRequested(() => abort.abort());
        const args = ["export", "--format", format, "--since", period];
        return commandLine.runToFile(args, target.fsPath, abort.signal);
      });
      if (!done) return;
      const open = l10n.t("Open File");
      const chosen = await vscode.window.showInformationMessage(
        l10n.t("The calls were exported to {0}.", target.fsPath),
        open,
      );
      if (chosen === open) await vscode.commands.executeCommand("vscode.open", target);
    },
  };
}

/** What a link or another command asks for; what is none of it is left to be asked. */
function reportRequest(wanted: unknown): { dimension?: Dimension; period?: ReportPeriod } {
  if (typeof wanted !== "object" || wanted === null) return {};
  const { dimension, period: asked } = wanted as Record<string, unknown>;
  const period = reportPeriods.find((known) => known === asked);
  return {
    ...(typeof dimension === "string" && isDimension(dimension) ? { dimension } : {}),
    ...(period === undefined ? {} : { period }),
  };
}

async function pickDimension(language: Language): Promise<Dimension | undefined> {
  const { l10n } = language;
  const chosen = await pick<Dimension | null>(
    [...dimensions, null],
    (dimension) => ({ label: dimension === null ? l10n.t("Label…") : dimensionName(dimension, language) }),
    l10n.t("By what is the spend to be broken down?"),
  );
  if (chosen !== null) return chosen;
  const name = await vscode.window.showInputBox({
    prompt: l10n.t("Name of the label, as your code sets it with withAttributes"),
    placeHolder: "tenant",
    validateInput: (text) => (text.trim() === "" ? l10n.t("A name is needed.") : undefined),
  });
  return name === undefined ? undefined : `label:${name.trim()}`;
}

function pickPeriod(language: Language): Promise<ReportPeriod | undefined> {
  return pick(
    reportPeriods,
    (period) => ({ label: reportPeriodName(period, language) }),
    language.l10n.t("Of what period?"),
  );
}
