import type { Dimension, Filters, NamedDimension } from "../../shared/dimensions.ts";
import type { SqlValue } from "./database.ts";

/** A piece of SQL with the values bound to its question marks, in order. */
export interface Sql {
  text: string;
  values: SqlValue[];
}

/**
 * Each dimension as an expression over `c` (calls) and `d` (dimensions); '' is "none". The only place where the name of
 * a dimension becomes SQL, and a closed one.
 */
const expressions: Record<NamedDimension, string> = {
  source: "d.source",
  sourceKind: "d.source_kind",
  feature: "d.feature",
  provider: "d.provider",
  model: "d.model",
  operation: "d.operation",
  conversation: "coalesce(c.conversation_id, '')",
  callSite: "d.call_site",
  developer: "d.developer",
  workspace: "d.workspace",
  branch: "d.git_branch",
  test: "iif(d.source_kind = 'test', d.source, '')",
};

const LABEL = "label:";

/** The name of a label's dimension, or `null` for the named dimensions. */
function labelOf(dimension: Dimension): string | null {
  return dimension.startsWith(LABEL) ? dimension.slice(LABEL.length) : null;
}

export function dimensionSql(dimension: Dimension): Sql {
  const label = labelOf(dimension);
  if (label === null) return { text: expressions[dimension as NamedDimension], values: [] };
  return {
    text: "coalesce((SELECT l.value FROM call_labels l WHERE l.call = c.id AND l.name = ?), '')",
    values: [label],
  };
}

/** Whether it has too many values to be kept in rollups, so that only the calls themselves know it. */
export function isOfCallsOnly(dimension: Dimension): boolean {
  return dimension === "conversation" || labelOf(dimension) !== null;
}

/** Conditions, each beginning with AND, that hold where every dimension has one of its values. */
export function filtersSql(filters: Filters): Sql {
  const texts: string[] = [];
  const values: SqlValue[] = [];
  for (const [name, allowed] of Object.entries(filters)) {
    if (allowed === undefined) continue;
    const dimension = name as Dimension;
    const list = JSON.stringify(allowed);
    const label = labelOf(dimension);
    if (dimension === "conversation" && !allowed.includes("")) {
      // Said so that the index over conversations applies.
      texts.push("AND c.conversation_id IN (SELECT value FROM json_each(?))");
      values.push(list);
    } else if (label !== null && !allowed.includes("")) {
      texts.push(
        "AND c.id IN (SELECT l.call FROM call_labels l WHERE l.name = ? AND l.value IN (SELECT value FROM json_each(?)))",
      );
      values.push(label, list);
    } else {
      const expression = dimensionSql(dimension);
      texts.push(`AND ${expression.text} IN (SELECT value FROM json_each(?))`);
      values.push(...expression.values, list);
    }
  }
  return { text: texts.join(" "), values };
}
