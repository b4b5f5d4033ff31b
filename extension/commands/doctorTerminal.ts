import * as vscode from "vscode";
import { messageOf } from "../../shared/messageOf.ts";
import type { CommandLine } from "../daemon/commandLine.ts";

/** Runs `taximeter doctor` where its words can be read: a terminal without a shell, which stays open. */
export function openDoctorTerminal(commandLine: CommandLine): void {
  const output = new vscode.EventEmitter<string>();
  const abort = new AbortController();
  const write = (text: string) => output.fire(text.replace(/\r?\n/g, "\r\n"));
  const terminal = vscode.window.createTerminal({
    name: vscode.l10n.t("Taximeter Doctor"),
    iconPath: new vscode.ThemeIcon("pulse"),
    isTransient: true,
    pty: {
      onDidWrite: output.event,
      open() {
        commandLine.run(["doctor"], write, abort.signal).then(
          (code) =>
            write(
              code === 0
                ? `\n${vscode.l10n.t("Everything works. This terminal can be closed.")}\n`
                : `\n${vscode.l10n.t("Something is wrong: see above. This terminal can be closed.")}\n`,
            ),
          (error: unknown) => {
            if (!abort.signal.aborted) write(`${messageOf(error)}\n`);
          },
        );
      },
      close: () => abort.abort(),
    },
  });
  terminal.show();
}
