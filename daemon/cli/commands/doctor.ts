import { Command } from "commander";
import type { CommandContext } from "../context.ts";
import type { Check } from "../doctor/check.ts";
import { checkDaemon } from "../doctor/daemonChecks.ts";
import { checkHome, checkShim, checkSpool, checkTerminal } from "../doctor/homeChecks.ts";
import { selfTest } from "../doctor/selfTest.ts";
import { CommandFailure } from "../failures.ts";
import { counted } from "../format/numbers.ts";
import { plainText } from "../format/text.ts";
import type { Theme } from "../format/theme.ts";
import { printJson } from "../print.ts";

/** `taximeter doctor`: checks every part, then the whole path by a test call. */
export function doctorCommand(context: CommandContext): Command {
  return new Command("doctor")
    .description("checks everything, and proves the whole path by a test call")
    .option("--json", "as JSON: {ok, checks}")
    .action(async ({ json }: { json?: true }) => {
      const checks: Check[] = [];
      const take = (found: Check[]) => {
        checks.push(...found);
        // Told one by one: the self-test takes a few seconds.
        if (!json) for (const check of found) context.out.write(checkLines(check, context.theme));
      };
      take([await checkHome(context), await checkShim(context)]);
      take(await checkDaemon(context));
      take([await checkSpool(context), checkTerminal(context), await selfTest(context)]);
      const wrong = checks.filter(({ outcome }) => outcome === "failed");
      if (json) printJson(context, { ok: wrong.length === 0, checks });
      if (wrong.length > 0) {
        throw new CommandFailure(
          `${counted(wrong.length, "check")} failed: ${wrong.map(({ name, detail }) => `${name}: ${detail}`).join(" ")}`,
        );
      }
    });
}

export function checkLines({ name, outcome, detail, advice }: Check, theme: Theme): string {
  const sign = { ok: theme.good("✓"), warning: theme.warning("!"), failed: theme.bad("✗") }[outcome];
  const line = `${sign} ${name.padEnd(10)} ${plainText(detail)}\n`;
  return advice === undefined ? line : `${line}${" ".repeat(13)}${theme.faint(plainText(advice))}\n`;
}
