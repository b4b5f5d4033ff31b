import type { TargetedKeyboardEvent } from "preact";

export interface Choice<Value extends string> {
  value: Value;
  label: string;
  testId: string;
}

interface ChoiceBarProps<Value extends string> {
  label: string;
  choices: readonly Choice<Value>[];
  value: Value | null;
  onChoose: (value: Value) => void;
}

/**
 * Focus moves among the choices by arrow keys, Home and End, and the tab key passes over all but the chosen one, as the
 * ARIA patterns for radio groups and tabs have it.
 */
function moveFocus(event: TargetedKeyboardEvent<HTMLElement>): void {
  const buttons = [...event.currentTarget.querySelectorAll("button")];
  const at = event.target instanceof HTMLButtonElement ? buttons.indexOf(event.target) : -1;
  const targets: Record<string, number> = {
    ArrowRight: at + 1,
    ArrowDown: at + 1,
    ArrowLeft: at - 1,
    ArrowUp: at - 1,
    Home: 0,
    End: buttons.length - 1,
  };
  const to = targets[event.key];
  if (to === undefined || at === -1) return;
  event.preventDefault();
  const target = buttons.at(to % buttons.length);
  target?.focus();
  target?.click();
}

function tabIndexOf(index: number, chosen: boolean, noneChosen: boolean): number {
  return chosen || (noneChosen && index === 0) ? 0 : -1;
}

/** One of few, side by side: VS Code's look of a set of toggles. */
export function Segments<Value extends string>({ label, choices, value, onChoose }: ChoiceBarProps<Value>) {
  const noneChosen = !choices.some((choice) => choice.value === value);
  return (
    <div class="segments" role="radiogroup" aria-label={label} onKeyDown={moveFocus}>
      {choices.map((choice, index) => (
        // biome-ignore lint/a11y/useSemanticElements: a radio input cannot look like a button without tricks
        <button
          key={choice.value}
          type="button"
          role="radio"
          aria-checked={choice.value === value}
          tabIndex={tabIndexOf(index, choice.value === value, noneChosen)}
          data-testid={choice.testId}
          onClick={() => onChoose(choice.value)}
        >
          {choice.label}
        </button>
      ))}
    </div>
  );
}

/** Tabs over the panel with the id `controls`. */
export function Tabs<Value extends string>(
  props: ChoiceBarProps<Value> & { controls: string; class: string },
) {
  const { label, choices, value, onChoose, controls } = props;
  const noneChosen = !choices.some((choice) => choice.value === value);
  return (
    <div class={props.class} role="tablist" aria-label={label} onKeyDown={moveFocus}>
      {choices.map((choice, index) => (
        <button
          key={choice.value}
          type="button"
          role="tab"
          id={`${controls}-tab-${choice.value}`}
          aria-selected={choice.value === value}
          aria-controls={controls}
          tabIndex={tabIndexOf(index, choice.value === value, noneChosen)}
          data-testid={choice.testId}
          onClick={() => onChoose(choice.value)}
        >
          {choice.label}
        </button>
      ))}
    </div>
  );
}
