import { rename, rm, writeFile } from "node:fs/promises";
import type { ProtectionState, WorstPrices } from "../../shared/protection.ts";

/** What dev processes go by: two files for the user's eyes alone, each put into place whole. */
export interface ProtectionFiles {
  writeState(state: ProtectionState): Promise<void>;
  writePrices(prices: WorstPrices): Promise<void>;
  /** Nothing is switched on. */
  remove(): Promise<void>;
}

export function protectionFiles(paths: { stateFile: string; pricesFile: string }): ProtectionFiles {
  const put = async (file: string, content: object) => {
    const temporary = `${file}.${process.pid}.tmp`;
    await rm(temporary, { force: true });
    await writeFile(temporary, JSON.stringify(content), { mode: 0o600, flag: "wx" });
    await rename(temporary, file);
  };
  return {
    writeState: (state) => put(paths.stateFile, state),
    writePrices: (prices) => put(paths.pricesFile, prices),
    async remove() {
      await rm(paths.stateFile, { force: true });
      await rm(paths.pricesFile, { force: true });
    },
  };
}
