import { readdir, readFile } from "node:fs/promises";

/** Clock ticks a second in which Linux counts the time of processes: 100 on every platform that Node runs on. */
const TICKS_PER_SECOND = 100;

interface Process {
  pid: number;
  parent: number;
  command: string;
  ticks: number;
}

/** Share of one core, in percent, that the descendants of this process whose command line matches have used in `measure`. */
export async function coreShare(pattern: RegExp, measure: () => Promise<void>): Promise<number> {
  const ticksBefore = new Map((await descendants()).map(({ pid, ticks }) => [pid, ticks]));
  const startedAt = performance.now();
  await measure();
  const seconds = (performance.now() - startedAt) / 1_000;
  const after = (await descendants()).filter(({ command }) => pattern.test(command));
  if (after.length === 0) throw new Error(`no process is ${pattern}`);
  const ticks = after.reduce((sum, { pid, ticks }) => sum + ticks - (ticksBefore.get(pid) ?? 0), 0);
  return (100 * ticks) / TICKS_PER_SECOND / seconds;
}

async function descendants(): Promise<Process[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const all = (await Promise.all(pids.map(readProcess))).filter((process) => process !== null);
  const ours = new Set([process.pid]);
  // Parents may come after their children in the list.
  for (let known = 0; known !== ours.size; ) {
    known = ours.size;
    for (const { pid, parent } of all) if (ours.has(parent)) ours.add(pid);
  }
  return all.filter(({ pid }) => ours.has(pid));
}

async function readProcess(pid: string): Promise<Process | null> {
  try {
    const [stat, command] = await Promise.all([
      readFile(`/proc/${pid}/stat`, "utf8"),
      readFile(`/proc/${pid}/cmdline`, "utf8"),
    ]);
    // The name in brackets may hold spaces; behind it come state, parent, …, and as 12th and 13th the times.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const ticks = Number(fields[11]) + Number(fields[12]);
    return { pid: Number(pid), parent: Number(fields[1]), command: command.replaceAll("\0", " "), ticks };
  } catch {
    // It has ended meanwhile.
    return null;
  }
}
