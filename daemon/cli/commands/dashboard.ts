import { spawn } from "node:child_process";
import { Command } from "commander";
import type { CommandContext } from "../context.ts";
import { formatClock } from "../format/time.ts";
import { printJson, printLines } from "../print.ts";

/** `taximeter dashboard`: a one-time address of the dashboard, opened in the browser. */
export function dashboardCommand(context: CommandContext): Command {
  return new Command("dashboard")
    .description("opens the dashboard in the browser")
    .option("--no-open", "only says its address, which works once")
    .option("--json", "as JSON: {url, expiresAt}; opens nothing")
    .action(async ({ open, json }: { open: boolean; json?: true }) => {
      const invitation = await context.connect().request("inviteBrowser", { body: {} });
      if (json) return printJson(context, invitation);
      const opened = open && openInBrowser(invitation.url, context);
      printLines(context, [
        invitation.url,
        context.theme.faint(
          `${opened ? "Opened in the browser. " : ""}The address works once, until ${formatClock(invitation.expiresAt)}.`,
        ),
      ]);
    });
}

/** Whether there is a browser to ask; whether it then opens the page is between it and its user. */
function openInBrowser(url: string, { platform, env }: CommandContext): boolean {
  const headless =
    platform === "linux" && !env["DISPLAY"] && !env["WAYLAND_DISPLAY"] && !env["WSL_DISTRO_NAME"];
  if (headless) return false;
  const [command, ...args] =
    platform === "darwin"
      ? ["open", url]
      : platform === "win32"
        ? ["rundll32", "url.dll,FileProtocolHandler", url]
        : ["xdg-open", url];
  const child = spawn(command ?? "", args, { detached: true, stdio: "ignore" });
  child.on("error", () => {});
  child.unref();
  return true;
}
