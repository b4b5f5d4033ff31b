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
  const font = { family: theme.fontFamily, size: 11 };
  const nothing = data.lines.every(({ values }) => values.every((value) => (value ?? 0) === 0));
  return {
    responsive: true,
    maintainAspectRatio: false,
    animation: false,
    interaction: { mode: "index", intersect: false },
    scales: {
      x: {
        grid: { display: false },
        border: { color: theme.grid },
        ticks: { color: theme.text, font, maxRotation: 0, autoSkipPadding: 24 },
      },
      y: {
        beginAtZero: true,
        ...(nothing ? { suggestedMax: data.unit === "share" ? 0.1 : 1_000 } : {}),
        grid: { color: theme.grid, drawTicks: false },
        border: { display: false },
        ticks: {
          color: theme.text,
          font,
          padding: 8,
          maxTicksLimit: 5,
          callback: (value) => formats.measure(Number(value), data.unit),
        },
      },
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
