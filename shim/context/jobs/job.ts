import { type Source, sourcePrefixes } from "../../../shared/sources.ts";
import type { Guard } from "../../guard.ts";
import { namedSource } from "../attribution.ts";

/** What a job framework says of the job that it is about to run. What is no text is as good as absent. */
export interface JobNames {
  /** The type of the job, as its users write it. */
  name?: unknown;
  /** What holds the jobs of a type, a queue; stands in for a name. */
  queue?: unknown;
}

/** Runs a job of a framework's. `names` may fail, for it reads what some version of the framework may not have. */
export type RunJob = <Result>(names: () => JobNames, job: () => Result) => Result;

/** So many types of job are told apart in one queue. Whoever puts an id into the name of each job has one source, the queue. */
const MAX_NAMES = 200;

export function createRunJob(
  guard: Guard,
  beginJob: <Result>(source: Source, job: () => Result) => Result,
): RunJob {
  const namesOf = new Map<string, Set<string>>();
  const typeOf = ({ name, queue }: JobNames): string | null => {
    const ofQueue = text(queue) ?? "";
    const type = text(name);
    if (type === null) return ofQueue || null;
    const names = namesOf.get(ofQueue) ?? new Set();
    if (namesOf.size < MAX_NAMES) namesOf.set(ofQueue, names);
    if (names.has(type)) return type;
    if (names.size >= MAX_NAMES) return ofQueue || MANY;
    names.add(type);
    return type;
  };
  return (names, job) => {
    const source = guard.attempt(() => {
      const type = typeOf(names());
      return type === null ? null : namedSource(`${sourcePrefixes.job}${type}`, "job");
    });
    return source ? beginJob(source, job) : job();
  };
}

/** The source of jobs whose names are too many, and which no queue holds together. */
const MANY = "(many)";

function text(value: unknown): string | null {
  return typeof value === "string" && value.trim() !== "" ? value : null;
}
