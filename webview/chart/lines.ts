import {
  CategoryScale,
  Chart,
  type ChartDataset,
  type ChartOptions,
  LinearScale,
  LineController,
  LineElement,
  PointElement,
  Tooltip,
} from "chart.js";
import type { Formats } from "../model/formats.ts";
import type { LineChart } from "../model/lineChart.ts";
import { axisLook } from "./axisLook.ts";
import type { DrawnChart } from "./drawnChart.ts";
import type { ChartTheme } from "./theme.ts";
import { tooltipLook } from "./tooltipLook.ts";

Chart.register(LineController, LineElement, PointElement, CategoryScale, LinearScale, Tooltip);

/** Lines are told apart by their strokes too, where colour does not do. */
const dashes: readonly number[][] = [[], [7, 3], [2, 3], [8, 3, 2, 3]];

/** Lines over time on a canvas. It never moves by itself: live figures should not make the eye jump. */
export function createLines(canvas: HTMLCanvasElement): DrawnChart<LineChart> {
  const chart = new Chart<"line", (number | null)[], string>(canvas, {
    type: "line",
    data: { labels: [], datasets: [] },
    options: { responsive: true, maintainAspectRatio: false, animation: false },
  });
  return {
    show(data, theme, formats) {
      chart.data.labels = data.points.map(({ tick }) => tick);
      chart.data.datasets = data.lines.map(
        ({ label, values }, slot): ChartDataset<"line", (number | null)[]> => {
          const colour = theme.series[slot] ?? theme.text;
          return {
            label,
            data: values,
            borderColor: colour,
            backgroundColor: colour,
            borderWidth: theme.patterned ? 2 : 1.5,
            borderDash: theme.patterned ? (dashes[slot % dashes.length] ?? []) : [],
            // A point alone between gaps would not be seen as a line.
            pointRadius: values.map((value, index) => (value !== null && isAlone(values, index) ? 3 : 0)),
            pointHoverRadius: 4,
            tension: 0,
            spanGaps: false,
          };
        },
      );
      chart.options = optionsOf(data, theme, formats);
      chart.update("none");
    },
    destroy: () => chart.destroy(),
  };
}

function isAlone(values: readonly (number | null)[], index: number): boolean {
  return (values[index - 1] ?? null) === null && (values[index + 1] ?? null) === null;
}

function optionsOf(data: LineChart, theme: ChartTheme, formats: Formats): ChartOptions<"line"> {
  const { x, y } = axisLook(theme, (value) => formats.measure(value, data.unit));
  const nothing = data.lines.every(({ values }) => values.every((value) => (value ?? 0) === 0));
  return {
    responsive: true,
    maintainAspectRatio: false,
    animation: false,
    interaction: { mode: "index", intersect: false },
    scales: {
      x,
      y: nothing ? { ...y, suggestedMax: data.unit === "share" ? 0.1 : 1_000 } : y,
    },
    plugins: {
      tooltip: {
        ...tooltipLook(theme),
        callbacks: {
          title: ([item]) => (item === undefined ? "" : (data.points[item.dataIndex]?.name ?? "")),
          label: (item) => ` ${formats.measure(Number(item.raw), data.unit)}  ${item.dataset.label ?? ""}`,
        },
      },
    },
  };
}
