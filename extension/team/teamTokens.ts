import type { SecretStorage } from "vscode";

/** Tokens of teams' databases in VS Code's secret storage, by the database's address. */
export interface TeamTokens {
  get(url: string): Promise<string | null>;
  keep(url: string, token: string): Promise<void>;
  forget(url: string): Promise<void>;
}

const KEY = "taximeter.team.token";

export function createTeamTokens(secrets: Pick<SecretStorage, "get" | "store" | "delete">): TeamTokens {
  const keyOf = (url: string) => `${KEY}:${url}`;
  return {
    get: async (url) => (await secrets.get(keyOf(url))) ?? null,
    keep: async (url, token) => secrets.store(keyOf(url), token),
    forget: async (url) => secrets.delete(keyOf(url)),
  };
}
