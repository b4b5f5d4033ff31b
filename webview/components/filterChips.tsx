import { type Dimension, type Filters, isDimension } from "../../shared/dimensions.ts";
import { t } from "../localisation/t.ts";
import { dimensionWords, keyWords } from "../model/dimensionWords.ts";
import { Icon, LinkButton } from "./controls.tsx";
import { useDashboard } from "./dashboardContext.ts";

/** What every view is narrowed down to; nothing where it is to nothing. */
export function NarrowedTo() {
  const { filters, narrow } = useDashboard();
  if (Object.keys(filters.value).length === 0) return null;
  return (
    <search class="call-filters" aria-label={t("Narrowed down to")} data-testid="narrowed">
      <span class="dim">{t("Only")}</span>
      <FilterChips filters={filters.value} testId="only" onRemove={(dimension) => narrow(dimension, null)} />
      <LinkButton
        testId="narrowed-clear"
        onClick={() => {
          filters.value = {};
        }}
      >
        {t("Show everything")}
      </LinkButton>
    </search>
  );
}

/** Filters by dimension, each of which a press removes. */
export function FilterChips(props: {
  filters: Filters;
  testId: string;
  onRemove: (dimension: Dimension) => void;
}) {
  const chips = Object.entries(props.filters).flatMap(([dimension, values]) =>
    isDimension(dimension) ? (values ?? []).map((value) => ({ dimension, value })) : [],
  );
  return (
    <>
      {chips.map(({ dimension, value }) => (
        <button
          key={`${dimension}\n${value}`}
          type="button"
          class="chip"
          title={t("Remove this filter")}
          data-testid={`${props.testId}-${dimension}`}
          onClick={() => props.onRemove(dimension)}
        >
          <span class="dim">{dimensionWords(dimension).name}</span>
          <span class="code">{keyWords(dimension, value)}</span>
          <Icon name="close" />
        </button>
      ))}
    </>
  );
}
