import { environment } from "../../shared/protocol.ts";
import { providersVariable } from "../settings.ts";

/** What an app's process must find in its environment to be metered. */
export interface AppEnvironment {
  /** The file to be preloaded. */
  stubPath: string;
  /** To be set, whatever the workspace folder. */
  variables: Readonly<Record<string, string>>;
}

export function appEnvironment(options: {
  stubPath: string;
  providers: ReadonlyMap<string, string>;
  /** `TAXIMETER_HOME` and `TAXIMETER_PROVIDERS` of the editor itself, where they are set. */
  env: Readonly<Record<string, string | undefined>>;
}): AppEnvironment {
  const { stubPath, providers, env } = options;
  const variables: Record<string, string> = {};
  const mappings = [env[environment.providers], providersVariable(providers)].filter(Boolean).join(",");
  if (mappings !== "") variables[environment.providers] = mappings;
  const home = env[environment.home];
  if (home) variables[environment.home] = home;
  return { stubPath, variables };
}
