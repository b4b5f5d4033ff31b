import { readFile, rename, writeFile } from "node:fs/promises";

/** What `config.json` says to the daemon. What else is in it is another's, and is kept. */
export interface Config {
  developer: string | null;
  recording: boolean;
}

export interface ConfigFile {
  read(): Promise<Config>;
  setRecording(recording: boolean): Promise<void>;
}

/** A file that is missing or no JSON object counts as empty; it is not overwritten before something is to be kept. */
export function openConfigFile(file: string): ConfigFile {
  async function content(): Promise<Record<string, unknown>> {
    try {
      const parsed: unknown = JSON.parse(await readFile(file, "utf8"));
      return typeof parsed === "object" && parsed !== null && !Array.isArray(parsed) ? { ...parsed } : {};
    } catch {
      return {};
    }
  }
  return {
    async read() {
      const { developer, recording } = await content();
      return {
        developer: typeof developer === "string" ? developer : null,
        recording: recording !== false,
      };
    },
    async setRecording(recording) {
      const temporary = `${file}.${process.pid}.tmp`;
      const next = { ...(await content()), recording };
      await writeFile(temporary, `${JSON.stringify(next, null, 2)}\n`, { mode: 0o600 });
      await rename(temporary, file);
    },
  };
}
