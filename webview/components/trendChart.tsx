import { createStackedBars } from "../chart/stackedBars.ts";
import { t } from "../localisation/t.ts";
import { SLOTS } from "../model/colourSlots.ts";
import { dimensionWords, type ShownDimension } from "../model/dimensionWords.ts";
import type { Formats } from "../model/formats.ts";
import type { Trend } from "../model/trend.ts";
import { ChartCanvas, ChartFrame } from "./chartFrame.tsx";
import { useDashboard } from "./dashboardContext.ts";

interface TrendChartProps {
  trend: Trend | null;
  /** What it is stacked by. */
  by: ShownDimension;
  testId: string;
  outdated: boolean;
}

/** Spend over time, stacked; as a chart or as a table. */
export function TrendChart({ trend, by, testId, outdated }: TrendChartProps) {
  const { formats } = useDashboard();
  return (
    <ChartFrame
      label={t("Spend over time")}
      testId={testId}
      outdated={outdated}
      legend={trend === null ? null : trend.series.map(({ slot, label }) => ({ slot: slot ?? SLOTS, label }))}
      chart={
        <ChartCanvas
          create={createStackedBars}
          data={trend}
          formats={formats.value}
          summary={trend?.summary ?? t("Spend over time")}
        />
      }
      table={
        trend === null
          ? null
          : () => <TrendTable trend={trend} formats={formats.value} dimensionName={dimensionWords(by).name} />
      }
    />
  );
}

/** The chart's figures, bars without calls left out. */
function TrendTable(props: { trend: Trend; formats: Formats; dimensionName: string }) {
  const { trend, formats } = props;
  const filled = trend.bars.map((bar, index) => ({ bar, index })).filter(({ bar }) => bar.calls > 0);
  return (
    <table class="figures">
      <thead>
        <tr>
          <th scope="col">{t("When")}</th>
          <th scope="col">{t("Spend")}</th>
          <th scope="col">{t("Calls")}</th>
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
            <td colSpan={3 + trend.series.length}>{t("No calls in this time.")}</td>
          </tr>
        )}
      </tbody>
    </table>
  );
}
