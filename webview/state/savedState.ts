import { isDimension } from "../../shared/dimensions.ts";
import { isRecord } from "../hosts/answers.ts";
import { type BreakdownColumn, breakdownColumns, type Sort } from "../model/breakdown.ts";
import { type Period, periods } from "../model/period.ts";
import { type Choices, views } from "./choices.ts";

function oneOf<T extends string>(known: readonly T[], value: unknown): T | undefined {
  return known.find((name) => name === value);
}

function readSort(value: unknown): Sort | undefined {
  if (!isRecord(value)) return undefined;
  const column: BreakdownColumn | undefined = oneOf(breakdownColumns, value["column"]);
  return column === undefined ? undefined : { column, descending: value["descending"] === true };
}

/** What a host kept of an earlier dashboard; whatever is not understood is left out. */
export function readChoices(saved: unknown): Partial<Choices> {
  if (!isRecord(saved)) return {};
  const period: Period | undefined = oneOf(periods, saved["period"]);
  const view = oneOf(views, saved["view"]);
  const { dimension, scope } = saved;
  const sort = readSort(saved["sort"]);
  return {
    ...(period === undefined ? {} : { period }),
    ...(view === undefined ? {} : { view }),
    ...(typeof dimension === "string" && isDimension(dimension) ? { dimension } : {}),
    ...(typeof scope === "string" || scope === null ? { scope } : {}),
    ...(sort === undefined ? {} : { sort }),
  };
}
