import type { Performance } from "../../shared/performance.ts";
import { createLines } from "../chart/lines.ts";
import { t } from "../localisation/t.ts";
import { arrangedRows, type TableSort } from "../model/figuresTable.ts";
import {
  measureWords,
  performanceColumns,
  performanceDimensions,
  performanceFacts,
  performanceLines,
  performanceMeasures,
  performanceRow,
  performanceSummary,
} from "../model/performance.ts";
import { ChartCanvas, ChartFrame } from "./chartFrame.tsx";
import { Segments } from "./choiceBar.tsx";
import { useDashboard } from "./dashboardContext.ts";
import { DimensionPick } from "./dimensionPick.tsx";
import { EmptyState } from "./emptyState.tsx";
import { FiguresTable } from "./figuresTable.tsx";
import { ResourceView } from "./resourceView.tsx";

const PANEL = "performance";

/** How long calls take and how many fail: over time, and by provider, model or source. */
export function PerformanceView() {
  const { performance } = useDashboard();
  return (
    <ResourceView
      testId="performance-view"
      resource={performance}
      loading={t("Reading how calls went…")}
      isEmpty={({ total }) => total.calls === 0}
      empty={<EmptyState />}
    >
      {(value, outdated) => (
        <>
          <Facts performance={value} outdated={outdated} />
          <OverTime performance={value} outdated={outdated} />
          <ByDimension performance={value} outdated={outdated} />
        </>
      )}
    </ResourceView>
  );
}

interface Shown {
  performance: Performance;
  outdated: boolean;
}

function Facts({ performance, outdated }: Shown) {
  const { formats } = useDashboard();
  return (
    <dl class={`fact-strip ${outdated ? "outdated" : ""}`}>
      {performanceFacts(performance.total, formats.value).map((fact) => (
        <div key={fact.name} title={fact.hint}>
          <dt>{fact.label}</dt>
          <dd class={fact.bad ? "bad" : ""} data-testid={`performance-${fact.name}`}>
            {fact.value}
          </dd>
        </div>
      ))}
    </dl>
  );
}

function OverTime({ performance, outdated }: Shown) {
  const { formats, measure } = useDashboard();
  const chart = performanceLines(performance, measure.value, formats.value);
  return (
    <div class="over-time">
      <Segments
        label={t("What the chart shows")}
        value={measure.value}
        choices={performanceMeasures.map((name) => ({
          value: name,
          label: measureWords[name],
          testId: `measure-${name}`,
        }))}
        onChoose={(name) => {
          measure.value = name;
        }}
      />
      <ChartFrame
        label={measureWords[measure.value]}
        testId="performance-chart"
        outdated={outdated}
        legend={chart.lines.map(({ label }, slot) => ({ slot, label }))}
        chart={
          <ChartCanvas
            create={createLines}
            data={chart}
            formats={formats.value}
            summary={performanceSummary(chart, measure.value, formats.value)}
          />
        }
        table={() => (
          <table class="figures">
            <thead>
              <tr>
                <th scope="col">{t("When")}</th>
                {chart.lines.map(({ label }) => (
                  <th key={label} scope="col">
                    {label}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {chart.points.map(({ name }, index) => (
                <tr key={name}>
                  <th scope="row">{name}</th>
                  {chart.lines.map(({ label, values }) => {
                    const value = values[index] ?? null;
                    return (
                      <td key={label}>{value === null ? "–" : formats.value.measure(value, chart.unit)}</td>
                    );
                  })}
                </tr>
              ))}
            </tbody>
          </table>
        )}
      />
    </div>
  );
}

function ByDimension({ performance, outdated }: Shown) {
  const { formats, performanceBy, sorts, search, showCalls, narrow } = useDashboard();
  const { groupBy } = performance;
  const rows = performance.rows.map((row) => performanceRow(row, groupBy, formats.value));
  const sort: TableSort = sorts.value.performance ?? { column: "calls", descending: true };
  return (
    <section class="by-dimension" aria-label={t("By what")}>
      <div class="breakdown-head">
        <DimensionPick
          label={t("Break down by")}
          controls={PANEL}
          tabs={performanceDimensions}
          value={performanceBy.value}
          onChoose={(name) => {
            performanceBy.value = name;
          }}
        />
      </div>
      <div id={PANEL} role="tabpanel" aria-label={t("By what")}>
        <FiguresTable
          testId="performance-table"
          columns={performanceColumns(groupBy)}
          rows={arrangedRows(rows, sort, search.value)}
          outdated={outdated}
          sort={sort}
          onSort={(next) => {
            sorts.value = { ...sorts.value, performance: next };
          }}
          opens={t("Show its calls")}
          onOpen={(row) => showCalls({ filters: { [groupBy]: [row.id ?? ""] } })}
          onNarrow={(row) => narrow(groupBy, row.id ?? "")}
        />
      </div>
    </section>
  );
}
