import type { Database } from "./database.ts";

/** A value that this store itself has written under the name, as the type it was written as. */
export function readSetting<Value>(database: Database, name: string): Value | undefined {
  const row = database.first<{ value: string }>("SELECT value FROM team_settings WHERE name = ?", [name]);
  return row === undefined ? undefined : (JSON.parse(row.value) as Value);
}

export function writeSetting(database: Database, name: string, value: unknown): void {
  database.run("INSERT OR REPLACE INTO team_settings (name, value) VALUES (?, ?)", [
    name,
    JSON.stringify(value),
  ]);
}

export function removeSetting(database: Database, name: string): void {
  database.run("DELETE FROM team_settings WHERE name = ?", [name]);
}
