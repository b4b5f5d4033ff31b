import { readFile, rename, writeFile } from "node:fs/promises";
import { type BreakerSettings, noBreakers } from "../../shared/protection.ts";

/** What `config.json` says to the daemon. What else is in it is another's, and is kept. */
export interface Config {
  developer: string | null;
  recording: boolean;
  breakers: BreakerSettings;
}

export interface ConfigFile {
  read(): Promise<Config>;
  setRecording(recording: boolean): Promise<void>;
  setBreakers(breakers: BreakerSettings): Promise<void>;
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
  /** One after the other: of two changes at once the second must know of the first. */
  let writing: Promise<void> = Promise.resolve();
  function change(changes: Partial<Config>): Promise<void> {
    const turn = writing.then(async () => {
      const temporary = `${file}.${process.pid}.tmp`;
      const next = { ...(await content()), ...changes };
      await writeFile(temporary, `${JSON.stringify(next, null, 2)}\n`, { mode: 0o600 });
      await rename(temporary, file);
    });
    writing = turn.catch(() => {});
    return turn;
  }
  return {
    async read() {
      const { developer, recording, breakers } = await content();
      return {
        developer: typeof developer === "string" ? developer : null,
        recording: recording !== false,
        breakers: breakerSettings(breakers),
      };
    },
    setRecording: (recording) => change({ recording }),
    setBreakers: (breakers) => change({ breakers }),
  };
}

function breakerSettings(value: unknown): BreakerSettings {
  if (typeof value !== "object" || value === null) return noBreakers;
  const [everywhere, workspaces]: unknown[] = [
    Reflect.get(value, "everywhere"),
    Reflect.get(value, "workspaces"),
  ];
  const said = typeof workspaces === "object" && workspaces !== null ? Object.entries(workspaces) : [];
  return {
    everywhere: everywhere === true,
    workspaces: Object.fromEntries(said.filter(([, isOn]) => typeof isOn === "boolean")),
  };
}
