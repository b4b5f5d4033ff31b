import type { TeamShare } from "../../shared/team.ts";
import type { DaemonLink } from "../daemon/daemonLink.ts";
import type { TeamTokens } from "./teamTokens.ts";

/** What the settings say of the team; `url` is `null` where they name none. */
export interface TeamSetting {
  url: string | null;
  share: TeamShare;
}

/** Where it is remembered, across windows and restarts, what of the settings was last handed over. */
export interface AppliedTeam {
  read(): TeamSetting;
  write(applied: TeamSetting): Promise<void>;
}

export interface TeamSync {
  /**
   * Gives the daemon the token that it does not know any more, and does what the settings say where they have changed since
   * the last time; what was said on the command line stands until then. Rejects as `DaemonLink.request` does.
   */
  apply(setting: TeamSetting): Promise<void>;
}

export interface TeamSyncSurroundings {
  link: Pick<DaemonLink, "request">;
  tokens: Pick<TeamTokens, "get">;
  applied: AppliedTeam;
}

export function createTeamSync({ link, tokens, applied }: TeamSyncSurroundings): TeamSync {
  let running: Promise<void> = Promise.resolve();

  async function run(setting: TeamSetting): Promise<void> {
    const before = applied.read();
    // A team is left by command, not by a setting that was cleared, perhaps on the way to another one.
    if (setting.url !== null && setting.url !== before.url) {
      await join(setting, setting.url);
      await applied.write(setting);
      return;
    }
    const team = await link.request("team", {});
    if (team.url === null) return;
    if (team.token?.held === false) {
      const token = await tokens.get(team.url);
      if (token !== null) await link.request("giveTeamToken", { body: { token } });
    }
    if (JSON.stringify(setting.share) !== JSON.stringify(before.share)) {
      await link.request("shareWithTeam", { body: setting.share });
      await applied.write({ url: before.url, share: setting.share });
    }
  }

  async function join({ share }: TeamSetting, url: string): Promise<void> {
    const token = await tokens.get(url);
    await link.request("joinTeam", { body: { url, share, ...(token === null ? {} : { token }) } });
  }

  return {
    apply(setting) {
      // One after the other: two quick changes must not cross on the way.
      running = running.catch(() => {}).then(() => run(setting));
      return running;
    },
  };
}
