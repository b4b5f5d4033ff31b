import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, isAbsolute, join } from "node:path";

export interface GitState {
  gitBranch: string | null;
  gitCommit: string | null;
}

/** The nearest folder from here upwards that is a project: one with `.git` or `package.json`. */
export function findWorkspace(from: string): string | null {
  for (let folder = from; ; folder = dirname(folder)) {
    if (existsSync(join(folder, ".git")) || existsSync(join(folder, "package.json"))) return folder;
    if (dirname(folder) === folder) return null;
  }
}

/** A larger file of packed refs is not searched for a commit. */
const MAX_PACKED_REFS_BYTES = 2 * 1024 * 1024;

/** Branch and commit that the workspace is at, read from `.git` without running git. */
export function readGitState(workspace: string | null): GitState {
  const none = { gitBranch: null, gitCommit: null };
  const gitFolder = workspace === null ? null : findGitFolder(workspace);
  if (gitFolder === null) return none;
  const head = readText(join(gitFolder, "HEAD"));
  const ref = /^ref: (refs\/.+)$/m.exec(head)?.[1];
  if (ref === undefined) return { gitBranch: null, gitCommit: commitIn(head) };
  const common = readText(join(gitFolder, "commondir")).trim();
  const folders = common === "" ? [gitFolder] : [gitFolder, absolute(common, gitFolder)];
  return {
    gitBranch: ref.replace(/^refs\/heads\//, ""),
    gitCommit: commitOf(ref, folders),
  };
}

/** `.git` of the workspace or above it; in a worktree or submodule it is a file that names the folder. */
function findGitFolder(workspace: string): string | null {
  for (let folder = workspace; ; folder = dirname(folder)) {
    const git = join(folder, ".git");
    if (existsSync(git)) {
      if (statSync(git).isDirectory()) return git;
      const target = /^gitdir: (.+)$/m.exec(readText(git))?.[1];
      return target === undefined ? null : absolute(target, folder);
    }
    if (dirname(folder) === folder) return null;
  }
}

function commitOf(ref: string, folders: readonly string[]): string | null {
  for (const folder of folders) {
    const loose = commitIn(readText(join(folder, ref)));
    if (loose !== null) return loose;
  }
  for (const folder of folders) {
    const packed = join(folder, "packed-refs");
    if (!existsSync(packed) || statSync(packed).size > MAX_PACKED_REFS_BYTES) continue;
    const line = readText(packed)
      .split("\n")
      .find((each) => each.endsWith(` ${ref}`));
    if (line !== undefined) return commitIn(line);
  }
  return null;
}

function commitIn(text: string): string | null {
  return /^([0-9a-f]{40,64})\b/.exec(text)?.[1] ?? null;
}

function absolute(path: string, base: string): string {
  return isAbsolute(path) ? path : join(base, path);
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
