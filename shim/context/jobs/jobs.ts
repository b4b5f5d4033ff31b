import type { PackagePatch } from "../packages.ts";
import { bullmq } from "./bullmq.ts";
import type { RunJob } from "./job.ts";

/** The job frameworks whose jobs are known without a word in the host's code. */
export function jobFrameworks(runJob: RunJob): PackagePatch[] {
  return [bullmq(runJob)];
}
