import type { TargetedKeyboardEvent } from "preact";

/** Marks the one button of each row that arrow keys move between. */
export const rowButton = { "data-row-button": "" } as const;
/** Marks what else can be pressed in a row: the tab key comes to it from the row's button. */
export const rowAction = { "data-row-action": "" } as const;

/**
 * For the keyboard in a table of which each row is opened by a button: arrows, Home and End move between rows; the tab
 * key enters the table at one row only and leaves it at the next press.
 */
export function moveBetweenRows(event: TargetedKeyboardEvent<HTMLElement>): void {
  const buttons = [...event.currentTarget.querySelectorAll<HTMLElement>("[data-row-button]")];
  const at = event.target instanceof HTMLElement ? buttons.indexOf(event.target) : -1;
  if (at === -1) return;
  const targets: Record<string, number> = {
    ArrowDown: at + 1,
    ArrowUp: at - 1,
    Home: 0,
    End: buttons.length - 1,
  };
  const to = targets[event.key];
  const target = to === undefined || to < 0 ? undefined : buttons[to];
  if (target === undefined) return;
  event.preventDefault();
  for (const button of buttons) {
    const tabIndex = button === target ? 0 : -1;
    button.tabIndex = tabIndex;
    const actions = button.closest("tr")?.querySelectorAll<HTMLElement>("[data-row-action]") ?? [];
    for (const action of actions) action.tabIndex = tabIndex;
  }
  target.focus();
}
