import type { CallReport, CallSite } from "../../shared/call.ts";
import { bundledPath, isOfPackage, shownPath } from "../../shared/sourcePaths.ts";
import type { SourceMaps } from "./sourceMaps.ts";

/** Finds the developer's line where a report has one of generated code. */
export interface CallSites {
  /** The report itself where there is nothing to find. Never rejects. */
  located(report: CallReport): Promise<CallReport>;
}

export function createCallSites(maps: SourceMaps): CallSites {
  const siteOf = async ({ callStack = [], workspace = null }: CallReport): Promise<CallSite | null> => {
    for (const { file, line, column, function: functionName } of callStack) {
      const source = await maps.positionOf(file, line, column);
      if (source === null || isOfPackage(source.file)) continue;
      const shown = bundledPath(source.file) ?? pathIn(source.file, workspace);
      if (shown === null) continue;
      const lastName = functionName?.split(/[.\s]/).at(-1) ?? "";
      const known = functionName !== null && source.mentions(lastName);
      return { file: shown, line: source.line, function: known ? functionName : null };
    }
    return null;
  };
  return {
    async located(report) {
      if (report.callStack === undefined) return report;
      const site = await siteOf(report).catch(() => null);
      return site === null ? report : { ...report, callSite: site };
    },
  };
}

/** A bundler's own code has names that are no paths. */
function pathIn(file: string, workspace: string | null): string | null {
  return file.startsWith("/") || /^[A-Za-z]:[\\/]/.test(file) ? shownPath(file, workspace) : null;
}
