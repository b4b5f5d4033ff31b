import { beforeEach, expect, test, vi } from "vitest";
import { createStatusBar } from "../../extension/statusBar/statusBar.ts";
import type { StatusBarModel } from "../../extension/statusBar/statusBarModel.ts";

const said = vi.hoisted((): string[] => []);

/** Whatever is done to VS Code's item goes to the window at once, where it closes the tooltip that is open. */
vi.mock("vscode", () => ({
  StatusBarAlignment: { Left: 1, Right: 2 },
  MarkdownString: class {},
  ThemeColor: class {},
  l10n: { t: (text: string) => text },
  window: {
    createStatusBarItem: () =>
      new Proxy(
        { show: () => said.push("show"), hide: () => said.push("hide") },
        { set: (_item, name) => said.push(String(name)) > 0 },
      ),
  },
}));

const model: StatusBarModel = {
  text: "$(pulse) $0.42 today",
  tooltip: "",
  label: "AI spend: $0.42 today",
  background: null,
};

beforeEach(() => {
  said.length = 0;
});

test("what did not change is not said to the window again", () => {
  const statusBar = createStatusBar();
  statusBar.show(model);
  expect(said).toContain("show");
  said.length = 0;
  statusBar.show({ ...model });
  expect(said).toEqual([]);
  statusBar.show({ ...model, text: "$(pulse) $0.43 today" });
  expect(said).toContain("text");
});

test("what was hidden is shown again though it reads as before", () => {
  const statusBar = createStatusBar();
  statusBar.show(model);
  statusBar.hide();
  said.length = 0;
  statusBar.show({ ...model });
  expect(said).toContain("show");
});
