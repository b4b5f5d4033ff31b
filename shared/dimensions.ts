/** What a spend can be grouped and filtered by; besides these, `label:<name>`. */
export const dimensions = [
  "source",
  "sourceKind",
  "feature",
  "provider",
  "model",
  "operation",
  "conversation",
  "callSite",
  "developer",
  "workspace",
  "branch",
  "test",
] as const;
export type NamedDimension = (typeof dimensions)[number];
export type Dimension = NamedDimension | `label:${string}`;

export function isDimension(text: string): text is Dimension {
  return (dimensions as readonly string[]).includes(text) || /^label:.+$/.test(text);
}

/** Values that a dimension must have, any of them; the empty string stands for "none" (unattributed). */
export type Filters = { [D in Dimension]?: string[] };
