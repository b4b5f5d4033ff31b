import { useEffect, useRef, useState } from "preact/hooks";
import { createStackedBars, type StackedBars } from "../chart/stackedBars.ts";
import { onThemeChange, readChartTheme } from "../chart/theme.ts";
import { SLOTS } from "../model/colourSlots.ts";
import { dimensionWords } from "../model/dimensionWords.ts";
import type { Formats } from "../model/formats.ts";
import type { Trend } from "../model/trend.ts";
import { IconButton } from "./controls.tsx";
import { useDashboard } from "./dashboardContext.ts";

/** Spend over time, stacked by the chosen dimension; as a chart or as a table. */
export function TrendChart({ trend, outdated }: { trend: Trend | null; outdated: boolean }) {
  const { formats, dimension } = useDashboard();
  const [asTable, setAsTable] = useState(false);
  return (
    <section class={`trend ${outdated ? "outdated" : ""}`} aria-label="Spend over time" data-testid="trend">
      <div class="trend-head">
        {trend === null || asTable ? <span /> : <Legend trend={trend} />}
        <IconButton
          icon={asTable ? "graph" : "table"}
          label={asTable ? "Show as a chart" : "Show as a table"}
          testId="trend-table-toggle"
          onClick={() => setAsTable(!asTable)}
        />
      </div>
      {asTable && trend !== null ? (
        <TrendTable
          trend={trend}
          formats={formats.value}
          dimensionName={dimensionWords(dimension.value).name}
        />
      ) : (
        <Bars trend={trend} formats={formats.value} />
      )}
    </section>
  );
}

function Legend({ trend }: { trend: Trend }) {
  return (
    <ul class="legend" aria-label="Colours">
      {trend.series.map((line) => (
        <li key={line.slot ?? "other"} title={line.label}>
          <i class={`swatch slot-${line.slot ?? SLOTS}`} aria-hidden="true" />
          <span class="legend-name">{line.label}</span>
        </li>
      ))}
    </ul>
  );
}

function Bars({ trend, formats }: { trend: Trend | null; formats: Formats }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const bars = useRef<StackedBars | null>(null);
  const [themeVersion, setThemeVersion] = useState(0);

  useEffect(() => onThemeChange(() => setThemeVersion((version) => version + 1)), []);
  useEffect(() => {
    if (canvas.current === null) return;
    bars.current = createStackedBars(canvas.current);
    return () => {
      bars.current?.destroy();
      bars.current = null;
    };
  }, []);
  useEffect(() => {
    if (trend === null || canvas.current === null || canvas.current.parentElement === null) return;
    bars.current?.show(trend, readChartTheme(canvas.current.parentElement), formats);
  }, [trend, formats, themeVersion]);

  return (
    <div class="chart">
      <canvas ref={canvas} role="img" aria-label={trend?.summary ?? "Spend over time"} data-testid="chart" />
    </div>
  );
}

/** The chart's figures, bars without calls left out. */
function TrendTable(props: { trend: Trend; formats: Formats; dimensionName: string }) {
  const { trend, formats } = props;
  const filled = trend.bars.map((bar, index) => ({ bar, index })).filter(({ bar }) => bar.calls > 0);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section class="trend-table" tabIndex={0} aria-label="Spend over time as a table">
      <table class="figures">
        <thead>
          <tr>
            <th scope="col">When</th>
            <th scope="col">Spend</th>
            <th scope="col">Calls</th>
            {trend.series.map((line) => (
              <th key={line.slot ?? "other"} scope="col" title={`${props.dimensionName} ${line.label}`}>
                <span class="cut">{line.label}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {filled.map(({ bar, index }) => (
            <tr key={bar.name}>
              <th scope="row">{bar.name}</th>
              <td class="money">{formats.usd(bar.totalUsd)}</td>
              <td>{formats.count(bar.calls)}</td>
              {trend.series.map((line) => (
                <td key={line.slot ?? "other"} class={line.usd[index] === 0 ? "zero" : ""}>
                  {formats.usd((line.usd[index] ?? 0).toFixed(9))}
                </td>
              ))}
            </tr>
          ))}
          {filled.length === 0 && (
            <tr>
              <td colSpan={3 + trend.series.length}>No calls in this time.</td>
            </tr>
          )}
        </tbody>
      </table>
    </section>
  );
}
