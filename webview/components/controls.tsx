import "@vscode-elements/elements/dist/vscode-button/index.js";
import "@vscode-elements/elements/dist/vscode-option/index.js";
import "@vscode-elements/elements/dist/vscode-single-select/index.js";
import "@vscode-elements/elements/dist/vscode-textfield/index.js";
import type { VscodeSingleSelect } from "@vscode-elements/elements/dist/vscode-single-select/index.js";
import type { VscodeTextfield } from "@vscode-elements/elements/dist/vscode-textfield/index.js";
import { type ComponentChildren, h } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { rowAction } from "./rovingRows.ts";

/** VS Code's own controls, as web components, behind plain props. */

export interface Option {
  value: string;
  label: string;
  description?: string;
}

export function Select(props: {
  label: string;
  value: string;
  options: readonly Option[];
  onChange: (value: string) => void;
  testId?: string;
}) {
  const element = useRef<VscodeSingleSelect>(null);
  const names = props.options.map((option) => option.value).join("\n");
  // The element reads its options first and its value after them; options that came later need it once more.
  useEffect(() => {
    const select = element.current;
    if (select === null) return;
    void select.updateComplete.then(() => {
      select.value = props.value;
    });
  }, [props.value, names]);
  return h(
    "vscode-single-select",
    {
      ref: element,
      label: props.label,
      "data-testid": props.testId,
      onChange: () => props.onChange(element.current?.value ?? props.value),
    },
    props.options.map((option) =>
      h(
        "vscode-option",
        {
          key: option.value,
          value: option.value,
          description: option.description ?? "",
          selected: option.value === props.value,
        },
        option.label,
      ),
    ),
  );
}

export function TextField(props: {
  label: string;
  value: string;
  onInput: (value: string) => void;
  placeholder?: string;
  invalid?: boolean;
  /** Takes the keyboard as soon as it is there. */
  focused?: boolean;
  testId?: string;
}) {
  const element = useRef<VscodeTextfield>(null);
  useEffect(() => {
    const field = element.current;
    if (props.focused && field !== null) void field.updateComplete.then(() => field.focus());
  }, [props.focused]);
  return h("vscode-textfield", {
    ref: element,
    label: props.label,
    value: props.value,
    placeholder: props.placeholder ?? "",
    invalid: props.invalid ?? false,
    "data-testid": props.testId,
    onInput: () => props.onInput(element.current?.value ?? ""),
  });
}

export function Button(props: {
  onClick: () => void;
  children: ComponentChildren;
  secondary?: boolean;
  disabled?: boolean;
  testId?: string;
}) {
  return h(
    "vscode-button",
    {
      secondary: props.secondary ?? false,
      disabled: props.disabled ?? false,
      "data-testid": props.testId,
      onClick: props.onClick,
    },
    props.children,
  );
}

/** On or off. It shows what `checked` says, whatever was clicked: what was asked for may first be confirmed. */
export function Switch(props: {
  label: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
  testId?: string;
}) {
  return (
    <button
      type="button"
      role="switch"
      class="switch"
      aria-checked={props.checked}
      data-testid={props.testId}
      onClick={() => props.onChange(!props.checked)}
    >
      <span class="switch-track" aria-hidden="true" />
      {props.label}
    </button>
  );
}

/** A word that does something, looking like a link. */
export function LinkButton(props: {
  onClick: () => void;
  children: ComponentChildren;
  expanded?: boolean;
  testId?: string;
}) {
  return (
    <button
      type="button"
      class="link"
      onClick={props.onClick}
      aria-expanded={props.expanded}
      data-testid={props.testId}
    >
      {props.children}
    </button>
  );
}

export type IconName =
  | "add"
  | "arrow-down"
  | "arrow-up"
  | "close"
  | "edit"
  | "filter"
  | "graph"
  | "info"
  | "table"
  | "trash"
  | "warning";

export function Icon({ name }: { name: IconName }) {
  return <span class={`icon icon-${name}`} aria-hidden="true" />;
}

/** A button that shows an icon alone; `label` says what it does. */
export function IconButton(props: {
  icon: IconName;
  label: string;
  onClick: (event: MouseEvent) => void;
  pressed?: boolean;
  testId?: string;
  /** Of one row of many: see `rovingRows`. */
  tabIndex?: number;
}) {
  return (
    <button
      type="button"
      class="icon-button"
      tabIndex={props.tabIndex}
      {...(props.tabIndex === undefined ? {} : rowAction)}
      aria-label={props.label}
      title={props.label}
      aria-pressed={props.pressed}
      data-testid={props.testId}
      onClick={props.onClick}
    >
      <Icon name={props.icon} />
    </button>
  );
}
