import * as vscode from "vscode";
import { type Dimension, isDimension } from "../../shared/dimensions.ts";
import { messageOf } from "../../shared/messageOf.ts";
import { REPORT_SCHEME } from "../contributions.ts";
import type { DaemonLink } from "../daemon/daemonLink.ts";
import type { Language } from "../language.ts";
import { escapeMarkdown } from "../markdown.ts";
import { budgetsMarkdown } from "./budgetsMarkdown.ts";
import { conversationsMarkdown } from "./conversationsMarkdown.ts";
import { performanceMarkdown } from "./performanceMarkdown.ts";
import { spendMarkdown, unpricedMarkdown } from "./reportMarkdown.ts";
import { type ReportPeriod, reportPeriods } from "./reportPeriods.ts";

/** What a report shows; it travels in the document's address, so that a report survives a reload. */
export type Report =
  | { kind: "spend" | "performance"; dimension: Dimension; period: ReportPeriod }
  | { kind: "conversations"; period: ReportPeriod }
  | { kind: "unpriced" };

const TOP_CONVERSATIONS = 50;

/** Read-only documents, asked of the daemon each time they are opened. */
export interface ReportDocuments extends vscode.Disposable {
  open(report: Report, title: string): Promise<void>;
}

export function createReportDocuments(link: DaemonLink, language: Language): ReportDocuments {
  const changes = new vscode.EventEmitter<vscode.Uri>();
  const provider = vscode.workspace.registerTextDocumentContentProvider(REPORT_SCHEME, {
    onDidChange: changes.event,
    async provideTextDocumentContent(uri) {
      const report = parseReport(new URLSearchParams(uri.query));
      if (report === null) return language.l10n.t("This is no report that this version of Taximeter knows.");
      try {
        return await reportText(report, link, language);
      } catch (error) {
        const reason = messageOf(error);
        return escapeMarkdown(language.l10n.t("The report could not be made: {0}", reason));
      }
    },
  });
  return {
    async open(report, title) {
      const query = new URLSearchParams(report).toString();
      const uri = vscode.Uri.from({ scheme: REPORT_SCHEME, path: `/${title}.md`, query });
      changes.fire(uri);
      try {
        await vscode.commands.executeCommand("markdown.showPreview", uri);
      } catch {
        // Without VS Code's own Markdown extension, the text is shown as it is.
        await vscode.window.showTextDocument(uri, { preview: true });
      }
    },
    dispose() {
      provider.dispose();
      changes.dispose();
    },
  };
}

async function reportText(report: Report, link: DaemonLink, language: Language): Promise<string> {
  switch (report.kind) {
    case "spend": {
      const { dimension, period } = report;
      const spend = await link.request("spend", { query: { from: period, groupBy: [dimension] } });
      const text = spendMarkdown(spend, { dimension, period }, language);
      // Budgets are as of now: they belong to no report of a day that is over.
      const { budgets } = period === "yesterday" ? { budgets: [] } : await link.request("budgets", {});
      return [text, ...budgetsMarkdown(budgets, language)].join("\n\n");
    }
    case "performance": {
      const { dimension, period } = report;
      const answer = await link.request("performance", { query: { from: period, groupBy: dimension } });
      return performanceMarkdown(answer, { dimension, period }, language);
    }
    case "conversations": {
      const query = { from: report.period, limit: TOP_CONVERSATIONS };
      return conversationsMarkdown(await link.request("conversations", { query }), report.period, language);
    }
    case "unpriced":
      return unpricedMarkdown((await link.request("unpriced", { query: { from: "all" } })).models, language);
    default:
      return report satisfies never;
  }
}

function parseReport(query: URLSearchParams): Report | null {
  const kind = query.get("kind");
  if (kind === "unpriced") return { kind };
  const dimension = query.get("dimension") ?? "";
  const period = reportPeriods.find((known) => known === query.get("period"));
  if (period === undefined) return null;
  if (kind === "conversations") return { kind, period };
  if ((kind !== "spend" && kind !== "performance") || !isDimension(dimension)) return null;
  return { kind, dimension, period };
}
