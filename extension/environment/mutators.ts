/** A change to one variable of a terminal's environment. */
export type Mutator = { kind: "append" | "replace"; value: string };

/** The part of `vscode.EnvironmentVariableCollection` that is needed here. */
export interface MutatorCollection {
  get(variable: string): { readonly type: number; readonly value: string } | undefined;
  forEach(callback: (variable: string) => void): void;
  append(variable: string, value: string): void;
  replace(variable: string, value: string): void;
  delete(variable: string): void;
}

/** `vscode.EnvironmentVariableMutatorType`. */
const mutatorTypes = { replace: 1, append: 2 } as const;

/**
 * Makes a collection say what is wanted and nothing else, touching only what differs: VS Code keeps collections across
 * reloads, and every change marks the open terminals as out of date. Returns whether there was one.
 */
export function setMutators(collection: MutatorCollection, wanted: ReadonlyMap<string, Mutator>): boolean {
  const known: string[] = [];
  collection.forEach((variable) => {
    known.push(variable);
  });
  const obsolete = known.filter((variable) => !wanted.has(variable));
  for (const variable of obsolete) collection.delete(variable);
  let changed = obsolete.length > 0;
  for (const [variable, { kind, value }] of wanted) {
    const current = collection.get(variable);
    if (current?.value === value && current.type === mutatorTypes[kind]) continue;
    collection[kind](variable, value);
    changed = true;
  }
  return changed;
}
