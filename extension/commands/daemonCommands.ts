import * as vscode from "vscode";
import type { DaemonConnection } from "../../daemon/client/daemonConnection.ts";
import type { CommandLine } from "../daemon/commandLine.ts";
import type { DaemonLink } from "../daemon/daemonLink.ts";
import { stopDaemon } from "../daemon/stopDaemon.ts";
import type { CommandHandlers } from "./commandHandlers.ts";
import { openDoctorTerminal } from "./doctorTerminal.ts";
import type { Log } from "./sayFailure.ts";

type Names = "pauseMetering" | "resumeMetering" | "restartDaemon" | "stopDaemon" | "runDoctor" | "showLog";

export function daemonCommands(options: {
  link: DaemonLink;
  /** A connection to the daemon that runs, which starts none. */
  attach: () => DaemonConnection;
  commandLine: CommandLine;
  log: Log;
}): Pick<CommandHandlers, Names> {
  const { link, attach, commandLine, log } = options;

  /** The link goes first: a watch that sees its daemon go would start another. */
  const stop = async (shown: string, reason: string) => {
    link.stop(shown);
    const connection = attach();
    try {
      if (await stopDaemon(connection, reason)) log.info(`The daemon has stopped: ${reason}.`);
    } finally {
      connection.dispose();
    }
  };
  const withProgress = (title: string, work: () => Promise<void>) =>
    vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title }, work);

  return {
    async pauseMetering() {
      await link.request("setRecording", { body: { recording: false } });
    },
    async resumeMetering() {
      await link.request("setRecording", { body: { recording: true } });
    },
    async restartDaemon() {
      await withProgress(vscode.l10n.t("Restarting the Taximeter daemon"), async () => {
        try {
          await stop(vscode.l10n.t("The daemon is being restarted."), "restarted from VS Code");
        } finally {
          link.resume();
        }
        const { version, pid } = await link.request("status", {});
        log.info(`The daemon runs: version ${version}, process ${pid}.`);
      });
    },
    async stopDaemon() {
      await withProgress(vscode.l10n.t("Stopping the Taximeter daemon"), () =>
        stop(
          vscode.l10n.t("The daemon was stopped in this window. “Restart Daemon” starts it again."),
          "stopped from VS Code",
        ),
      );
    },
    runDoctor: () => openDoctorTerminal(commandLine),
    showLog: () => log.show(),
  };
}
