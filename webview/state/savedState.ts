import { callStatuses, costStatuses } from "../../shared/call.ts";
import { type Dimension, type Filters, isDimension } from "../../shared/dimensions.ts";
import { isTeamDimension, type TeamFilters, teamDimensionNames } from "../../shared/teamSpend.ts";
import { isRecord } from "../hosts/answers.ts";
import { breakdownColumns, type Sort } from "../model/breakdown.ts";
import { performanceMeasures } from "../model/performance.ts";
import { periods } from "../model/period.ts";
import { type CallFilters, type Choices, views } from "./choices.ts";

function oneOf<T extends string>(known: readonly T[], value: unknown): T | undefined {
  return known.find((name) => name === value);
}

function readDimension(value: unknown): Dimension | undefined {
  return typeof value === "string" && isDimension(value) ? value : undefined;
}

function readSort(value: unknown): Sort | undefined {
  if (!isRecord(value)) return undefined;
  const column = oneOf(breakdownColumns, value["column"]);
  return column === undefined ? undefined : { column, descending: value["descending"] === true };
}

function readFilters(value: unknown): Filters | undefined {
  if (!isRecord(value)) return undefined;
  const filters: Filters = {};
  for (const [name, values] of Object.entries(value)) {
    if (isDimension(name) && Array.isArray(values)) {
      filters[name] = values.filter((each): each is string => typeof each === "string");
    }
  }
  return filters;
}

function readTeamFilters(value: unknown): TeamFilters | undefined {
  if (!isRecord(value)) return undefined;
  const filters: TeamFilters = {};
  for (const [name, values] of Object.entries(value)) {
    if (isTeamDimension(name) && Array.isArray(values)) {
      filters[name] = values.filter((each): each is string => typeof each === "string");
    }
  }
  return filters;
}

function readCallFilters(value: unknown): CallFilters | undefined {
  if (!isRecord(value)) return undefined;
  return {
    filters: readFilters(value["filters"]) ?? {},
    status: oneOf(callStatuses, value["status"]) ?? null,
    costStatus: oneOf(costStatuses, value["costStatus"]) ?? null,
  };
}

function readSorts(value: unknown): Choices["sorts"] | undefined {
  if (!isRecord(value)) return undefined;
  const sorts: Choices["sorts"] = {};
  for (const view of views) {
    const sort = value[view];
    if (isRecord(sort) && typeof sort["column"] === "string") {
      sorts[view] = { column: sort["column"], descending: sort["descending"] === true };
    }
  }
  return sorts;
}

function readScroll(value: unknown): Choices["scroll"] | undefined {
  if (!isRecord(value)) return undefined;
  const scroll: Choices["scroll"] = {};
  for (const view of views) {
    const pixels = value[view];
    if (typeof pixels === "number" && Number.isFinite(pixels) && pixels > 0) scroll[view] = pixels;
  }
  return scroll;
}

/** What a host kept of an earlier dashboard; whatever is not understood is left out. */
export function readChoices(saved: unknown): Partial<Choices> {
  if (!isRecord(saved)) return {};
  const { scope, second, search } = saved;
  return present({
    view: oneOf(views, saved["view"]),
    period: oneOf(periods, saved["period"]),
    scope: typeof scope === "string" || scope === null ? scope : undefined,
    filters: readFilters(saved["filters"]),
    dimension: readDimension(saved["dimension"]),
    second: second === null ? null : readDimension(second),
    sort: readSort(saved["sort"]),
    search: typeof search === "string" ? search : undefined,
    callFilters: readCallFilters(saved["callFilters"]),
    sorts: readSorts(saved["sorts"]),
    performanceBy: readDimension(saved["performanceBy"]),
    measure: oneOf(performanceMeasures, saved["measure"]),
    teamBy: oneOf(teamDimensionNames, saved["teamBy"]),
    teamFilters: readTeamFilters(saved["teamFilters"]),
    scroll: readScroll(saved["scroll"]),
  });
}

function present(choices: { [Name in keyof Choices]: Choices[Name] | undefined }): Partial<Choices> {
  return Object.fromEntries(
    Object.entries(choices).filter(([, value]) => value !== undefined),
  ) as Partial<Choices>;
}
