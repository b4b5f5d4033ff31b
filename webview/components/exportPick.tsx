import { useState } from "preact/hooks";
import { chartPicture } from "../chart/picture.ts";
import { t } from "../localisation/t.ts";
import { keyWords } from "../model/dimensionWords.ts";
import { periodWords } from "../model/period.ts";
import type { Dashboard } from "../state/dashboard.ts";
import {
  type ExportFormat,
  exportFigures,
  exportFormats,
  exportName,
  MOST_EXPORTED_CALLS,
  picturedViews,
} from "../state/exports.ts";
import { Select } from "./controls.tsx";
import { useDashboard } from "./dashboardContext.ts";

const NOTHING = "";

const formatNames: Record<ExportFormat, string> = {
  csv: t("CSV"),
  json: t("JSON"),
  png: t("Picture (PNG)"),
};

/** Takes what the view shows along, as a file. */
export function ExportPick() {
  const dashboard = useDashboard();
  const { view, formats } = dashboard;
  const [words, setWords] = useState("");
  const offered = exportFormats.filter((name) => name !== "png" || picturedViews.has(view.value));

  async function take(format: ExportFormat): Promise<void> {
    setWords("");
    if (format === "png") return setWords(await exportPicture(dashboard));
    const failure = await exportFigures(dashboard, format, (calls) => {
      const most = calls >= MOST_EXPORTED_CALLS;
      const read = formats.value.count(calls);
      setWords(
        most
          ? t("The newest {0} calls. “taximeter export” takes all of them.", read)
          : t("{0} calls read…", read),
      );
    });
    if (failure !== null) setWords(failure.message);
    else setWords((last) => (last.endsWith("…") ? "" : last));
  }

  return (
    <div class="export">
      <span class="dim small" role="status" data-testid="export-words">
        {words}
      </span>
      <Select
        label={t("Export")}
        testId="export"
        value={NOTHING}
        options={[
          { value: NOTHING, label: t("Export…") },
          ...offered.map((name) => ({ value: name, label: formatNames[name] })),
        ]}
        onChange={(name) => {
          const format = exportFormats.find((known) => known === name);
          if (format !== undefined) void take(format);
        }}
      />
    </div>
  );
}

/** Saves the view's chart with what it says; answers why not, in words. */
async function exportPicture(dashboard: Dashboard): Promise<string> {
  const { host, period, scope, total, formats, view } = dashboard;
  const canvas = document.querySelector<HTMLCanvasElement>(".chart canvas");
  if (canvas === null) return t("There is no chart to take a picture of: show the chart, not the table.");
  const where = scope.value === null ? t("All workspaces") : keyWords("workspace", scope.value);
  const picture = await chartPicture(canvas, {
    title:
      view.value === "overview" && total.value !== null
        ? formats.value.usd(total.value.costUsd)
        : (canvas.getAttribute("aria-label") ?? ""),
    subtitle: `Taximeter · ${where} · ${periodWords[period.value].name}`,
    legend: [...document.querySelectorAll<HTMLElement>(".trend .legend li")].map((item) => {
      const swatch = item.querySelector(".swatch");
      return {
        colour: swatch === null ? "" : getComputedStyle(swatch).backgroundColor,
        label: item.textContent ?? "",
      };
    }),
  });
  if (picture === null) return t("The picture could not be taken.");
  await host.saveFile({ name: exportName(dashboard, "png"), mediaType: "image/png", content: picture });
  return "";
}
