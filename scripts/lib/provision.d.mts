export interface CodeServerInstall {
  folder: string;
  /** JavaScript file to run with the project's own Node. */
  entry: string;
}

export function toolingBinDirectory(): string;
export function toolingEnvironment(env?: NodeJS.ProcessEnv): NodeJS.ProcessEnv;
export function ensureCodeServer(): Promise<CodeServerInstall>;
export function ensureChromium(): Promise<string>;
export function ensureRedis(): Promise<string>;
/** The folder of `initdb` and `postgres`. */
export function ensurePostgres(): Promise<string>;
/** The path of libSQL's server. */
export function ensureSqld(): Promise<string>;
export function ensureNode20(): Promise<string>;
export function ensureNode22(): Promise<string>;
/** The `node_modules` folder of what a fixture's lock file names. */
export function ensurePackages(fixture: string): Promise<string>;
export function provision(): Promise<{ chromium: string; node20: string; codeServer: CodeServerInstall }>;
