import { type Source, sourcePrefixes } from "../../../shared/sources.ts";
import type { Guard } from "../../guard.ts";
import { namedSource } from "../attribution.ts";
import { createNameLimit, shownText } from "../names.ts";

/** What a job framework says of a job. What is no text is as good as absent. */
export interface JobNames {
  /** The type of the job, as its users write it. */
  name?: unknown;
  /** Stand in for a name: the queue, the function, the times at which it runs. */
  otherwise?: readonly unknown[];
}

/** The source of a job; `null` where nothing names it. */
export type JobSource = (names: JobNames) => Source | null;

/** Runs a job of a framework's. `names` may fail, for it reads what some version of the framework may not have. */
export type RunJob = <Result>(names: () => JobNames, job: () => Result) => Result;

/** So many types of job are told apart. Where an id is in the name of each job, the queue becomes their source. */
const MAX_NAMES = 200;
/** The source of jobs whose names are too many, and which no queue holds together. */
const MANY = "(many)";

export function createJobSource(): JobSource {
  const limited = createNameLimit(MAX_NAMES);
  const limitedQueues = createNameLimit(MAX_NAMES);
  return ({ name, otherwise = [] }) => {
    const [type, queue] = [name, ...otherwise].map(shownText).filter((each) => each !== null);
    if (type === undefined) return null;
    const shown = limited(type) ?? (queue === undefined ? null : limitedQueues(queue)) ?? MANY;
    return namedSource(`${sourcePrefixes.job}${shown}`, "job");
  };
}

export function createRunJob(
  guard: Guard,
  sourceOfJob: JobSource,
  beginJob: <Result>(source: Source, job: () => Result) => Result,
): RunJob {
  return (names, job) => {
    const source = guard.attempt(() => sourceOfJob(names()));
    return source ? beginJob(source, job) : job();
  };
}
