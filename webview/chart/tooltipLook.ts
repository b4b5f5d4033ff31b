import type { ChartTheme } from "./theme.ts";

/** The look of a chart's tooltip: that of VS Code's hovers. */
export function tooltipLook(theme: ChartTheme) {
  const font = { family: theme.fontFamily, size: 12 };
  return {
    backgroundColor: theme.background,
    borderColor: theme.border,
    borderWidth: 1,
    cornerRadius: 3,
    titleColor: theme.strong,
    bodyColor: theme.strong,
    footerColor: theme.strong,
    titleFont: font,
    bodyFont: font,
    footerFont: font,
    boxWidth: 8,
    boxHeight: 8,
    boxPadding: 4,
    padding: 8,
  };
}
