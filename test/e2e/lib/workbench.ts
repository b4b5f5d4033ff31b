import type { FrameLocator, Locator, Page } from "playwright-core";

/** VS Code's workbench in a page, used as a person would: by keyboard and by what is seen. */
export interface Workbench {
  page: Page;
  /** Runs a command by its title as the palette shows it: `Taximeter: Open Dashboard`. */
  runCommand(title: string): Promise<void>;
  /** Picks the entry of an open list whose label is, or begins with, this. */
  choose(label: string): Promise<void>;
  /** Types into an open input box, and Enter. */
  answer(text: string): Promise<void>;
  /** The same where another box or list may follow at once. */
  answerOne(text: string): Promise<void>;
  /** Takes an open list of several as it is ticked. */
  confirmMany(): Promise<void>;
  /** The same to one input box after another. */
  answerAll(answers: string[]): Promise<void>;
  /** Gives VS Code's own dialog for files a path. */
  giveFile(path: string): Promise<void>;
  /** Opens a new terminal and waits until it takes keys. */
  openTerminal(): Promise<void>;
  /** Types a line into the terminal that has the focus. */
  typeInTerminal(line: string): Promise<void>;
  terminalText(): Promise<string>;
  /** The extension's entries of the status bar. */
  statusBarItem(extensionId: string): Locator;
  /** Notifications that are shown, by a part of their text. */
  notification(text: string | RegExp): Locator;
  /** The page inside the webview of the active editor. */
  webview(): FrameLocator;
}

const PATIENCE_MS = 30_000;
/** How long a key may take to show its effect. */
const KEY_PATIENCE_MS = 5_000;

/** How bash says that it takes commands. */
const PROMPT = /[$#]/;

/** Opens the workbench and waits until its window is restored. */
export async function openWorkbench(page: Page, url: string): Promise<Workbench> {
  await page.goto(url);
  await page.locator(".monaco-workbench .part.statusbar").waitFor({ timeout: 60_000 });
  const input = page.locator(".quick-input-widget input");
  const terminal = page.locator(".terminal-wrapper.active");

  /** A key that is pressed while the focus moves, into a webview or out of a list that closes, may reach nobody. */
  async function openPalette(): Promise<void> {
    for (const lastAt = Date.now() + PATIENCE_MS; ; ) {
      await page.keyboard.press("F1");
      const opened = await input.waitFor({ timeout: KEY_PATIENCE_MS }).then(
        () => true,
        () => false,
      );
      if (opened) return;
      if (Date.now() > lastAt) throw new Error("the command palette does not open");
    }
  }

  async function runCommand(title: string): Promise<void> {
    await openPalette();
    await input.fill(`>${title}`);
    const entry = page.getByRole("option", { name: new RegExp(`^${escapeForRegExp(title)}(,|$)`) }).first();
    await entry.waitFor({ timeout: PATIENCE_MS });
    await entry.click();
    // The command may open a list of its own at once, so it is the entry that goes, not the box.
    await entry.waitFor({ state: "detached", timeout: PATIENCE_MS });
  }

  return {
    page,
    runCommand,
    async choose(label) {
      await input.fill(label);
      await page
        .getByRole("option", { name: new RegExp(`^${escapeForRegExp(label)}`) })
        .first()
        .click();
    },
    async answer(text) {
      await input.fill(text);
      await page.keyboard.press("Enter");
      await input.waitFor({ state: "hidden", timeout: PATIENCE_MS });
    },
    async answerOne(text) {
      const before = await page.locator(".quick-input-widget").textContent();
      await input.fill(text);
      await page.keyboard.press("Enter");
      for (const lastAt = Date.now() + PATIENCE_MS; ; ) {
        if ((await page.locator(".quick-input-widget").textContent()) !== before) return;
        if (Date.now() > lastAt) throw new Error("the box stays as it is");
        await page.waitForTimeout(20);
      }
    },
    async confirmMany() {
      const widget = page.locator(".quick-input-widget");
      await widget.locator(".quick-input-count", { hasText: "Selected" }).waitFor({ timeout: PATIENCE_MS });
      await widget.getByRole("button", { name: "OK", exact: true }).click();
      await widget.waitFor({ state: "hidden", timeout: PATIENCE_MS });
    },
    async answerAll(answers) {
      const title = page.locator(".quick-input-title");
      for (const [index, text] of answers.entries()) {
        // "… (2 of 3)": a box that is still the one before must not get the next one's answer.
        await title
          .filter({ hasText: `(${index + 1} of ${answers.length})` })
          .waitFor({ timeout: PATIENCE_MS });
        await input.fill(text);
        await page.keyboard.press("Enter");
      }
      await input.waitFor({ state: "hidden", timeout: PATIENCE_MS });
    },
    async giveFile(path) {
      const dialog = page.locator('.quick-input-widget input[placeholder="Folder path"]');
      await dialog.waitFor({ timeout: PATIENCE_MS });
      for (const lastAt = Date.now() + PATIENCE_MS; ; ) {
        // It puts its own folder in once it is open, and takes no Enter while it looks up what was typed.
        if ((await dialog.inputValue()) !== path) await dialog.fill(path);
        await page.waitForTimeout(1_000);
        if ((await dialog.inputValue()) === path) await page.keyboard.press("Enter");
        const closed = await dialog.waitFor({ state: "hidden", timeout: 1_500 }).then(
          () => true,
          () => false,
        );
        if (closed) return;
        if (Date.now() > lastAt) throw new Error(`the dialog does not take ${path}`);
      }
    },
    async openTerminal() {
      await runCommand("Terminal: Create New Terminal");
      await terminal.locator(".xterm-rows", { hasText: PROMPT }).waitFor({ timeout: PATIENCE_MS });
    },
    async typeInTerminal(line) {
      await terminal.locator(".xterm-helper-textarea").focus();
      await page.keyboard.type(line);
      await page.keyboard.press("Enter");
    },
    async terminalText() {
      return (await terminal.locator(".xterm-rows > div").allTextContents()).join("\n");
    },
    statusBarItem: (extensionId) => page.locator(`.statusbar-item[id^="${extensionId}"]`),
    notification: (text) => page.locator(".notification-list-item", { hasText: text }),
    webview: () => page.frameLocator("iframe.webview.ready").frameLocator("#active-frame"),
  };
}

function escapeForRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
