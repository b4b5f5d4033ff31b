import type * as vscode from "vscode";
import type { AppliedBreakers } from "./breakerSync.ts";

const APPLIED_KEY = "breakers.applied";

export function createBreakerMemory(state: vscode.Memento): AppliedBreakers {
  return {
    read() {
      const stored: unknown = state.get(APPLIED_KEY);
      if (typeof stored !== "object" || stored === null) return {};
      return Object.fromEntries(Object.entries(stored).filter(([, isOn]) => typeof isOn === "boolean"));
    },
    write: async (applied) => state.update(APPLIED_KEY, applied),
  };
}
