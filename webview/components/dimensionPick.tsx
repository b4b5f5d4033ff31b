import { useState } from "preact/hooks";
import { type Dimension, isDimension } from "../../shared/dimensions.ts";
import { t } from "../localisation/t.ts";
import { dimensionWords, labelDimension, menuDimensions, tabDimensions } from "../model/dimensionWords.ts";
import { Tabs } from "./choiceBar.tsx";
import { type Option, Select, TextField } from "./controls.tsx";
import { useDashboard } from "./dashboardContext.ts";

const MORE = "more";
const OTHER_LABEL = "label";

/** One dimension: the first ones as tabs over the panel with the id `controls`, all others in a menu behind them. */
export function DimensionPick(props: {
  label: string;
  controls: string;
  value: Dimension;
  onChoose: (dimension: Dimension) => void;
  tabs?: readonly Dimension[];
}) {
  const { value, tabs = tabDimensions } = props;
  const [naming, setNaming] = useState(false);
  const labels = useLabelDimensions(value);
  const others = [...tabDimensions, ...menuDimensions, ...labels].filter((name) => !tabs.includes(name));
  const inMenu = !tabs.includes(value);
  const choose = (name: Dimension) => {
    setNaming(false);
    props.onChoose(name);
  };
  return (
    <>
      <Tabs<Dimension>
        class="dimensions"
        label={props.label}
        controls={props.controls}
        value={tabs.find((name) => name === value) ?? null}
        choices={tabs.map((name) => ({
          value: name,
          label: dimensionWords(name).name,
          testId: `dimension-${name}`,
        }))}
        onChoose={choose}
      />
      <div class={`more-dimensions ${inMenu ? "chosen" : ""}`}>
        <Select
          label={t("Break down by something else")}
          testId="dimension-more"
          value={inMenu ? value : MORE}
          options={[
            { value: MORE, label: t("More…") },
            ...others.map(optionOf),
            { value: OTHER_LABEL, label: t("A label…") },
          ]}
          onChange={(name) => {
            if (name === OTHER_LABEL) setNaming(true);
            else if (isDimension(name)) choose(name);
          }}
        />
      </div>
      {naming && <LabelName onName={choose} onCancel={() => setNaming(false)} />}
    </>
  );
}

/** The second dimension of the breakdown, or none. */
export function SecondDimensionPick() {
  const { dimension, second } = useDashboard();
  const labels = useLabelDimensions(second.value ?? "source");
  const offered = [...tabDimensions, ...menuDimensions, ...labels].filter((name) => name !== dimension.value);
  return (
    <div class="more-dimensions">
      <Select
        label={t("Within that by")}
        testId="dimension-second"
        value={second.value ?? ""}
        options={[{ value: "", label: t("Then by…") }, ...offered.map(optionOf)]}
        onChange={(name) => {
          second.value = isDimension(name) ? name : null;
        }}
      />
    </div>
  );
}

function optionOf(dimension: Dimension): Option {
  return { value: dimension, label: dimensionWords(dimension).name };
}

/** Labels that calls were seen with, and the chosen one: the daemon has no list of them. */
function useLabelDimensions(chosen: Dimension): Dimension[] {
  const { feed, calls } = useDashboard();
  const names = new Set<Dimension>();
  for (const { attributes } of [...feed.value, ...(calls.loaded.value?.calls.slice(0, 200) ?? [])]) {
    for (const name of Object.keys(attributes)) names.add(labelDimension(name));
  }
  if (chosen.startsWith("label:")) names.add(chosen);
  return [...names].toSorted();
}

function LabelName(props: { onName: (dimension: Dimension) => void; onCancel: () => void }) {
  const [name, setName] = useState("");
  return (
    <form
      class="label-name"
      onSubmit={(event) => {
        event.preventDefault();
        if (name.trim() !== "") props.onName(labelDimension(name.trim()));
      }}
      onKeyDown={(event) => {
        if (event.key === "Escape") props.onCancel();
        if (event.key === "Enter" && name.trim() !== "") props.onName(labelDimension(name.trim()));
      }}
    >
      <TextField
        label={t("Name of the label")}
        placeholder={t("Name of the label")}
        testId="label-name"
        value={name}
        focused
        onInput={setName}
      />
    </form>
  );
}
