import {
  BarController,
  BarElement,
  CategoryScale,
  Chart,
  type ChartDataset,
  type ChartOptions,
  LinearScale,
  Tooltip,
} from "chart.js";
import { t } from "../localisation/t.ts";
import { SLOTS } from "../model/colourSlots.ts";
import type { Formats } from "../model/formats.ts";
import type { Trend, TrendSeries } from "../model/trend.ts";
import { axisLook } from "./axisLook.ts";
import type { DrawnChart } from "./drawnChart.ts";
import { patternFill } from "./patterns.ts";
import type { ChartTheme } from "./theme.ts";
import { tooltipLook } from "./tooltipLook.ts";

// Only what stacked bars need, so that the rest of Chart.js stays out of the bundle.
Chart.register(BarController, BarElement, CategoryScale, LinearScale, Tooltip);

/** Stacked bars on a canvas. It never moves by itself: live figures should not make the eye jump. */
export function createStackedBars(canvas: HTMLCanvasElement): DrawnChart<Trend> {
  const chart = new Chart<"bar", number[], string>(canvas, {
    type: "bar",
    data: { labels: [], datasets: [] },
    options: { responsive: true, maintainAspectRatio: false, animation: false },
  });
  return {
    show(trend, theme, formats) {
      chart.data.labels = trend.bars.map((bar) => bar.tick);
      chart.data.datasets = trend.series.map((line) => datasetOf(line, theme));
      chart.options = optionsOf(trend, theme, formats);
      chart.update("none");
    },
    destroy: () => chart.destroy(),
  };
}

function datasetOf(line: TrendSeries, theme: ChartTheme): ChartDataset<"bar", number[]> {
  const slot = line.slot ?? SLOTS;
  const colour = theme.series[slot] ?? theme.text;
  const fill = theme.patterned ? patternFill(slot, colour, theme.background) : colour;
  return {
    label: line.label,
    data: line.usd,
    backgroundColor: fill,
    hoverBackgroundColor: fill,
    borderColor: theme.background,
    borderWidth: { top: 1 },
    borderSkipped: false,
    maxBarThickness: 40,
    categoryPercentage: 0.86,
    barPercentage: 0.92,
  };
}

function optionsOf(trend: Trend, theme: ChartTheme, formats: Formats): ChartOptions<"bar"> {
  const { x, y } = axisLook(theme, (value) => formats.usd(value.toFixed(9)));
  const nothing = trend.bars.every((bar) => Number(bar.totalUsd) === 0);
  return {
    responsive: true,
    maintainAspectRatio: false,
    animation: false,
    interaction: { mode: "index", intersect: false },
    scales: {
      x: { ...x, stacked: true },
      y: { ...y, stacked: true, ...(nothing ? { suggestedMax: 1 } : {}) },
    },
    plugins: {
      tooltip: {
        ...tooltipLook(theme),
        filter: (item) => Number(item.raw) > 0,
        itemSort: (a, b) => Number(b.raw) - Number(a.raw),
        callbacks: {
          title: ([item]) => (item === undefined ? "" : (trend.bars[item.dataIndex]?.name ?? "")),
          label: (item) =>
            ` ${formats.usd(Number(item.raw).toFixed(9))}  ${shortened(item.dataset.label ?? "")}`,
          footer: ([item]) => {
            const bar = item === undefined ? undefined : trend.bars[item.dataIndex];
            return bar === undefined ? "" : t("{0} in all", formats.usd(bar.totalUsd));
          },
        },
      },
    },
  };
}

const LONGEST_LABEL = 48;

function shortened(label: string): string {
  return label.length > LONGEST_LABEL ? `${label.slice(0, LONGEST_LABEL - 1)}…` : label;
}
