import type { TeamTokenPlace } from "../../shared/team.ts";
import type { Keychain } from "./keychain.ts";

/** Where a team's token is when the daemon is not: never in a file in clear. */
export interface TokenKeeper {
  /** Answers where it is kept: in the keychain if that is wanted and there is one. */
  keep(url: string, token: string, inKeychain: boolean): Promise<TeamTokenPlace>;
  find(url: string, place: TeamTokenPlace): Promise<{ value: string; place: TeamTokenPlace } | null>;
  forget(url: string): Promise<void>;
}

export interface TokenSurroundings {
  /** `TAXIMETER_TEAM_TOKEN` of the daemon's environment. */
  fromEnvironment: string | undefined;
  keychain: Keychain;
}

export function createTokenKeeper({ fromEnvironment, keychain }: TokenSurroundings): TokenKeeper {
  return {
    async keep(url, token, inKeychain) {
      if (inKeychain && (await keychain.put(url, token))) return "keychain";
      return token === fromEnvironment ? "environment" : "memory";
    },
    async find(url, place) {
      if (fromEnvironment) return { value: fromEnvironment, place: "environment" };
      const value = place === "keychain" ? await keychain.get(url) : null;
      return value === null ? null : { value, place };
    },
    forget: (url) => keychain.remove(url),
  };
}
