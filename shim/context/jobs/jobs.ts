import type { PackagePatch } from "../packages.ts";
import { bullmq } from "./bullmq.ts";
import { croner } from "./croner.ts";
import type { RunJob } from "./job.ts";
import { nodeCron } from "./nodeCron.ts";
import { pgBoss } from "./pgBoss.ts";

/** The job frameworks whose jobs are known without a word in the host's code, but for Inngest, which is known by its URL. */
export function jobFrameworks(runJob: RunJob): PackagePatch[] {
  return [bullmq, croner, nodeCron, pgBoss].map((framework) => framework(runJob));
}
