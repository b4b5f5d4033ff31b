import type { SourceKind } from "./call.ts";

/** A source and what kind of thing it names. */
export interface Source {
  source: string;
  sourceKind: SourceKind;
}

export const sourcePrefixes = {
  job: "background_job:",
  action: "action:",
  test: "test:",
  script: "script:",
} as const satisfies Partial<Record<SourceKind, string>>;

/** The kind of a source that came as a bare string: by its prefix, a leading slash for a route, else `custom`. */
export function sourceKindOf(source: string): SourceKind {
  for (const [kind, prefix] of Object.entries(sourcePrefixes)) {
    if (source.startsWith(prefix)) return kind as keyof typeof sourcePrefixes;
  }
  return source.startsWith("/") ? "route" : "custom";
}

/** How a call without a source is shown. */
export const UNATTRIBUTED = "unattributed";

/** Longest source, feature, label or name that is kept, in UTF-16 units. */
export const MAX_NAME_LENGTH = 200;
