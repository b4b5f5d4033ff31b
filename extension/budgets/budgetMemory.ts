import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { entryOf, parseBudgets } from "./budgetSetting.ts";
import type { AppliedBudgets } from "./budgetSync.ts";

/**
 * Remembers what the setting held when it was last in step, for all windows of this editor on this machine: in a file, for
 * VS Code's own memory is the browser's where the editor runs in one. Of each `home` (`TAXIMETER_HOME`) on its own.
 */
export function createBudgetMemory(file: string, home: string): AppliedBudgets {
  async function readAll(): Promise<Record<string, unknown>> {
    try {
      const stored: unknown = JSON.parse(await readFile(file, "utf8"));
      return typeof stored === "object" && stored !== null ? { ...stored } : {};
    } catch {
      // Not there yet, or not readable: then nothing is known of before.
      return {};
    }
  }
  return {
    read: async () => parseBudgets((await readAll())[home], []),
    async write(budgets) {
      const text = JSON.stringify({ ...(await readAll()), [home]: budgets.map(entryOf) });
      await mkdir(dirname(file), { recursive: true });
      const written = `${file}.${process.pid}`;
      await writeFile(written, text);
      await rename(written, file);
    },
  };
}
