import { isAbsolute, join } from "node:path";
import type { KnownOverride } from "../../shared/prices.ts";
import { createPriceFile, type PriceFile } from "./priceFile.ts";
import type { FoundPrices } from "./prices.ts";

/** Where a workspace keeps prices of its own, to be shared with its code. */
export const WORKSPACE_PRICES = join(".taximeter", "prices.json");

/** Workspaces come from reports, so what is remembered of them is bounded. */
const MOST_WORKSPACES = 50;

/** All prices of the user's own: those of a call's workspace go before those for all calls. */
export interface OwnPrices {
  /** Of several names (`null`: none) the first that has a price. */
  find(
    workspace: string | null,
    provider: string,
    models: readonly (string | null)[],
  ): FoundPrices | undefined;
  /** Those of this workspace, and of those that calls came from lately, then those for all calls. */
  overrides(workspace: string | null): KnownOverride[];
  warnings(): string[];
  reload(): void;
}

/** `userFile: null`: there is none. `now` in milliseconds. */
export function createOwnPrices(userFile: string | null, now: () => number): OwnPrices {
  const user = createPriceFile(userFile, now);
  /** By folder, the one that was asked for last at the end. */
  const workspaces = new Map<string, { path: string; file: PriceFile }>();

  function fileOf(workspace: string): PriceFile | undefined {
    if (!isLocalFolder(workspace)) return undefined;
    const known = workspaces.get(workspace);
    if (known !== undefined) return known.file;
    const path = join(workspace, WORKSPACE_PRICES);
    const file = createPriceFile(path, now);
    const [oldest] = workspaces.keys();
    if (oldest !== undefined && workspaces.size >= MOST_WORKSPACES) workspaces.delete(oldest);
    workspaces.set(workspace, { path, file });
    return file;
  }

  return {
    find(workspace, provider, models) {
      for (const file of [workspace === null ? undefined : fileOf(workspace), user]) {
        for (const model of models) {
          const found = file?.find(provider, model);
          if (found !== undefined) return found;
        }
      }
      return undefined;
    },
    overrides(asked) {
      if (asked !== null) fileOf(asked);
      return [
        ...[...workspaces].flatMap(([workspace, { path, file }]) =>
          file.overrides().map((override) => ({ ...override, file: path, workspace })),
        ),
        ...(userFile === null
          ? []
          : user.overrides().map((override) => ({ ...override, file: userFile, workspace: null }))),
      ];
    },
    warnings: () => [
      ...user.warnings(),
      ...[...workspaces].flatMap(([workspace, { file }]) =>
        file.warnings().map((warning) => `${workspace}: ${warning}`),
      ),
    ],
    reload() {
      user.reload();
      for (const { file } of workspaces.values()) file.reload();
    },
  };
}

/** A path of another machine (`\\\\server\\share`) would be asked for over the network, for the sake of a report. */
function isLocalFolder(workspace: string): boolean {
  return isAbsolute(workspace) && !/^[\\/]{2}/.test(workspace) && !workspace.includes("\0");
}
