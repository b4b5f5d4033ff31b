import { type CommandId, commands } from "../contributions.ts";
import { escapeMarkdown } from "../markdown.ts";

/** The only commands that links of the tooltip may run; the tooltip is trusted for these and no other. */
export const tooltipCommands = [
  commands.openDashboard,
  commands.showReport,
  commands.showUnpricedModels,
  commands.setPrice,
  commands.updatePrices,
  commands.setBudget,
  commands.switchCircuitBreakers,
  commands.switchStatusBarPeriod,
  commands.switchStatusBarScope,
  commands.resumeMetering,
  commands.restartDaemon,
  commands.runDoctor,
  commands.showLog,
] as const satisfies CommandId[];

/** A link that runs a command. Words and argument may come from outside: neither can leave its place. */
export function link(words: string, command: (typeof tooltipCommands)[number], argument?: unknown): string {
  const query = argument === undefined ? "" : `?${encoded([argument])}`;
  return `[${escapeMarkdown(words)}](command:${command}${query})`;
}

/** What `encodeURIComponent` leaves as it is and Markdown does not. */
function encoded(value: unknown): string {
  return encodeURIComponent(JSON.stringify(value)).replace(
    /[!'()*~_]/g,
    (character) => `%${character.charCodeAt(0).toString(16)}`,
  );
}
