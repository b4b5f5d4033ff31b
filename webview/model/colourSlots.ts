/** Series drawn apart have a colour each; all others share one. */
export const SLOTS = 5;

/**
 * Gives each of the shown keys one of the colours 0 to `SLOTS - 1`, and keeps it for as long as the key is shown:
 * when live figures change the order, colours stay where they were.
 */
export function assignSlots(
  keys: readonly (string | null)[],
  before: ReadonlyMap<string | null, number>,
): Map<string | null, number> {
  const shown = keys.slice(0, SLOTS);
  const slots = new Map<string | null, number>();
  for (const key of shown) {
    const kept = before.get(key);
    if (kept !== undefined) slots.set(key, kept);
  }
  const free = Array.from({ length: SLOTS }, (_, slot) => slot).filter(
    (slot) => ![...slots.values()].includes(slot),
  );
  for (const key of shown) {
    if (slots.has(key)) continue;
    const slot = free.shift();
    if (slot !== undefined) slots.set(key, slot);
  }
  return slots;
}
