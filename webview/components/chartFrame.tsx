import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { DrawnChart } from "../chart/drawnChart.ts";
import { onThemeChange, readChartTheme } from "../chart/theme.ts";
import { t } from "../localisation/t.ts";
import type { Formats } from "../model/formats.ts";
import { IconButton } from "./controls.tsx";

export interface LegendItem {
  /** Number of its colour, see `colourSlots`. */
  slot: number;
  label: string;
}

/** A chart with its legend, which can be looked at as a table too. */
export function ChartFrame(props: {
  label: string;
  testId: string;
  outdated: boolean;
  legend: readonly LegendItem[] | null;
  chart: ComponentChildren;
  /** `null` while there is nothing to list. */
  table: (() => ComponentChildren) | null;
}) {
  const [asTable, setAsTable] = useState(false);
  const { legend, table } = props;
  return (
    <section
      class={`trend ${props.outdated ? "outdated" : ""}`}
      aria-label={props.label}
      data-testid={props.testId}
    >
      <div class="trend-head">
        {legend === null || asTable ? <span /> : <Legend items={legend} />}
        <IconButton
          icon={asTable ? "graph" : "table"}
          label={asTable ? t("Show as a chart") : t("Show as a table")}
          testId={`${props.testId}-table-toggle`}
          onClick={() => setAsTable(!asTable)}
        />
      </div>
      {asTable && table !== null ? (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        <section class="trend-table" tabIndex={0} aria-label={t("{0} as a table", props.label)}>
          {table()}
        </section>
      ) : (
        props.chart
      )}
    </section>
  );
}

function Legend({ items }: { items: readonly LegendItem[] }) {
  return (
    <ul class="legend" aria-label={t("Colours")}>
      {items.map(({ slot, label }) => (
        <li key={slot} title={label}>
          <i class={`swatch slot-${slot}`} aria-hidden="true" />
          <span class="legend-name">{label}</span>
        </li>
      ))}
    </ul>
  );
}

/** A canvas that is drawn anew when its data or the theme changes. `create` must always be the same. */
export function ChartCanvas<Data>(props: {
  create: (canvas: HTMLCanvasElement) => DrawnChart<Data>;
  data: Data | null;
  formats: Formats;
  /** The chart in words, for whoever can't see it. */
  summary: string;
}) {
  const { create, data, formats } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const chart = useRef<DrawnChart<Data> | null>(null);
  const [themeVersion, setThemeVersion] = useState(0);

  useEffect(() => onThemeChange(() => setThemeVersion((version) => version + 1)), []);
  useEffect(() => {
    if (canvas.current === null) return;
    chart.current = create(canvas.current);
    return () => {
      chart.current?.destroy();
      chart.current = null;
    };
  }, []);
  useEffect(() => {
    if (data === null || canvas.current === null || canvas.current.parentElement === null) return;
    chart.current?.show(data, readChartTheme(canvas.current.parentElement), formats);
  }, [data, formats, themeVersion]);

  return (
    <div class="chart">
      <canvas ref={canvas} role="img" aria-label={props.summary} data-testid="chart" />
    </div>
  );
}
