import type { BreakerInput, BreakerSettings, Breakers } from "../../shared/protection.ts";
import type { CircuitKeeper } from "./circuitKeeper.ts";

export interface BreakerKeeper {
  settings(): BreakerSettings;
  /** Whether they are on anywhere. */
  anyOn(): boolean;
  state(): Breakers;
  set(input: BreakerInput): Promise<Breakers>;
}

export interface BreakerSurroundings {
  /** As they were kept. */
  initial: BreakerSettings;
  keep(settings: BreakerSettings): Promise<void>;
  circuits: Pick<CircuitKeeper, "states" | "forget">;
  onChanged(): void;
}

export function createBreakerKeeper({
  initial,
  keep,
  circuits,
  onChanged,
}: BreakerSurroundings): BreakerKeeper {
  let settings = initial;
  const anyOn = () => settings.everywhere || Object.values(settings.workspaces).includes(true);
  const state = () => ({ settings, circuits: anyOn() ? circuits.states() : [] });
  return {
    settings: () => settings,
    anyOn,
    state,
    async set({ enabled, workspace }) {
      settings = changed(settings, enabled, workspace ?? null);
      if (!anyOn()) circuits.forget();
      await keep(settings);
      onChanged();
      return state();
    },
  };
}

/** What holds everywhere need not be said of a workspace. */
function changed(
  { everywhere, workspaces }: BreakerSettings,
  enabled: boolean,
  workspace: string | null,
): BreakerSettings {
  const said =
    workspace === null
      ? Object.entries(workspaces)
      : [...Object.entries(workspaces), [workspace, enabled] as const];
  const byDefault = workspace === null ? enabled : everywhere;
  return {
    everywhere: byDefault,
    workspaces: Object.fromEntries([...new Map(said)].filter(([, isOn]) => isOn !== byDefault)),
  };
}
