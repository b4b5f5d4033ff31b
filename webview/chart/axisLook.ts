import type { ChartTheme } from "./theme.ts";

/** The look of a chart's axes: names below, amounts beside thin lines. */
export function axisLook(theme: ChartTheme, amount: (value: number) => string) {
  const font = { family: theme.fontFamily, size: 11 };
  return {
    x: {
      grid: { display: false },
      border: { color: theme.grid },
      ticks: { color: theme.text, font, maxRotation: 0, autoSkipPadding: 24 },
    },
    y: {
      beginAtZero: true,
      grid: { color: theme.grid, drawTicks: false },
      border: { display: false },
      ticks: {
        color: theme.text,
        font,
        padding: 8,
        maxTicksLimit: 5,
        callback: (value: string | number) => amount(Number(value)),
      },
    },
  };
}
