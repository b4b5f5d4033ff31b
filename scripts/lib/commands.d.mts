export interface CommandOptions {
  timeoutMs: number;
  label?: string;
  logFile?: string;
  env?: NodeJS.ProcessEnv;
  cwd?: string;
}

export function runCommand(command: string, args: string[], options: CommandOptions): Promise<number>;
