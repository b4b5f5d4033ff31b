import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { HardBudget, ProtectionState, WorstPrices } from "../../shared/protection.ts";

const DAY_MS = 86_400_000;

/** A budget of a cent a day, of which nothing is spent. */
export function makeHardBudget(over: Partial<HardBudget> = {}): HardBudget {
  const now = Date.now();
  return {
    id: "day",
    period: "day",
    scope: null,
    limitNanoUsd: 10_000_000,
    spentNanoUsd: 0,
    startsAt: new Date(now - DAY_MS / 2).toISOString(),
    endsAt: new Date(now + DAY_MS / 2).toISOString(),
    ...over,
  };
}

export function makeState(over: Partial<ProtectionState> = {}): ProtectionState {
  return {
    version: 1,
    asOf: new Date().toISOString(),
    spoolAsOf: null,
    budgets: [makeHardBudget()],
    breakers: { everywhere: false, workspaces: {} },
    open: [],
    ...over,
  };
}

/** A dollar for a million tokens of input, ten for a million of output; other models of the providers up to ten times that. */
export const testPrices: WorstPrices = {
  version: 1,
  providers: Object.fromEntries(
    ["openai", "anthropic", "google", "aws.bedrock"].map((provider) => [
      provider,
      {
        most: [10_000, 100_000, 0],
        models: {
          "gpt-4o-mini": [1_000, 10_000, 0],
          "claude-haiku-4-5": [1_000, 10_000, 0],
          "gemini-2.5-flash": [1_000, 10_000, 0],
        },
      },
    ]),
  ),
};

/** Lays the daemon's files into a home; `null`: takes them away. */
export async function putState(home: string, state: ProtectionState | null): Promise<void> {
  await mkdir(home, { recursive: true, mode: 0o700 });
  if (state === null) {
    await rm(join(home, "protection.json"), { force: true });
    return;
  }
  await putFile(join(home, "protection-prices.json"), testPrices);
  await putFile(join(home, "protection.json"), state);
}

async function putFile(path: string, content: object): Promise<void> {
  await writeFile(`${path}.tmp`, JSON.stringify(content), { mode: 0o600 });
  await rename(`${path}.tmp`, path);
}
