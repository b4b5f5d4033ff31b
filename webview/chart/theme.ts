import { SLOTS } from "../model/colourSlots.ts";

/** Colours as the canvas needs them: resolved, since it knows no CSS variables. */
export interface ChartTheme {
  /** One a slot; the last one is for "other". */
  series: string[];
  text: string;
  strong: string;
  grid: string;
  background: string;
  border: string;
  fontFamily: string;
  /** Bars are told apart by a pattern as well as by colour. */
  patterned: boolean;
}

/** Reads the theme that `element` is shown in. */
export function readChartTheme(element: HTMLElement): ChartTheme {
  const probe = document.createElement("span");
  probe.hidden = true;
  // Forced colours would answer every question with the one colour of text.
  probe.style.setProperty("forced-color-adjust", "none");
  element.append(probe);
  const resolve = (variable: string) => {
    probe.style.color = `var(${variable})`;
    return getComputedStyle(probe).color;
  };
  const theme: ChartTheme = {
    series: [
      ...Array.from({ length: SLOTS }, (_, slot) => resolve(`--tx-series-${slot}`)),
      resolve("--tx-series-other"),
    ],
    text: resolve("--tx-dim"),
    strong: resolve("--tx-strong"),
    grid: resolve("--tx-grid"),
    background: resolve("--tx-raised"),
    border: resolve("--tx-border"),
    fontFamily: getComputedStyle(element).fontFamily,
    patterned:
      matchMedia("(forced-colors: active)").matches ||
      document.body.classList.contains("vscode-high-contrast") ||
      document.body.classList.contains("vscode-high-contrast-light"),
  };
  probe.remove();
  return theme;
}

/** Tells when the theme may have changed; returns how to stop. VS Code changes body and root, a browser its preferences. */
export function onThemeChange(listener: () => void): () => void {
  const observer = new MutationObserver(listener);
  for (const element of [document.documentElement, document.body]) {
    observer.observe(element, {
      attributes: true,
      attributeFilter: ["class", "style", "data-vscode-theme-id"],
    });
  }
  const preferences = ["(prefers-color-scheme: dark)", "(forced-colors: active)"].map((query) =>
    matchMedia(query),
  );
  for (const preference of preferences) preference.addEventListener("change", listener);
  return () => {
    observer.disconnect();
    for (const preference of preferences) preference.removeEventListener("change", listener);
  };
}
