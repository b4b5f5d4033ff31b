import * as vscode from "vscode";

/** A quick pick over values; `undefined` where the user left it. */
export async function pick<Value>(
  values: readonly Value[],
  present: (value: Value) => vscode.QuickPickItem,
  placeHolder: string,
): Promise<Value | undefined> {
  const items = values.map((value) => ({ ...present(value), value }));
  return (await vscode.window.showQuickPick(items, { placeHolder, matchOnDescription: true }))?.value;
}
