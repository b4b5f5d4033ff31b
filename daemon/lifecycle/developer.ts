import { readFileSync } from "node:fs";
import { homedir, userInfo } from "node:os";
import { join } from "node:path";
import { environment } from "../../shared/protocol.ts";
import { MAX_NAME_LENGTH } from "../../shared/sources.ts";

export interface DeveloperSurroundings {
  env: Readonly<Record<string, string | undefined>>;
  /** `developer` of config.json. */
  configured: string | null;
  /** Text of `~/.gitconfig`, `null` where there is none. */
  gitConfig: string | null;
  userName: string;
}

/** Who spends, as the team will see it: `TAXIMETER_DEVELOPER`, config.json, Git's `user.name`, the user's login. */
export function developerName(surroundings: DeveloperSurroundings): string {
  const { env, configured, gitConfig, userName } = surroundings;
  const candidates = [env[environment.developer], configured, gitConfig && gitUserName(gitConfig), userName];
  for (const candidate of candidates) {
    const name = candidate?.trim().slice(0, MAX_NAME_LENGTH);
    if (name) return name;
  }
  return "unknown";
}

/** The surroundings of this process. */
export function developerSurroundings(configured: string | null): DeveloperSurroundings {
  return { env: process.env, configured, gitConfig: readGitConfig(), userName: loginName() };
}

/** `user.name` of a Git configuration, without its includes. The last one wins, as with Git. */
function gitUserName(config: string): string | null {
  let section = "";
  let name: string | null = null;
  for (const line of config.split(/\r?\n/)) {
    section = /^\s*\[\s*([^\]]+?)\s*\]/.exec(line)?.[1]?.toLowerCase() ?? section;
    const value = /^\s*name\s*=\s*(.*?)\s*$/i.exec(line)?.[1];
    if (section === "user" && value !== undefined) name = value.replace(/^"(.*)"$/, "$1");
  }
  return name;
}

function readGitConfig(): string | null {
  try {
    return readFileSync(join(homedir(), ".gitconfig"), "utf8");
  } catch {
    return null;
  }
}

function loginName(): string {
  try {
    return userInfo().username;
  } catch {
    return "";
  }
}
