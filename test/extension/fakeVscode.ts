import { vi } from "vitest";

type Handler = (...args: unknown[]) => unknown;

function createEvent() {
  const handlers = new Set<Handler>();
  const event = (handler: Handler) => {
    handlers.add(handler);
    return { dispose: () => handlers.delete(handler) };
  };
  return { event, fire: (value: unknown) => [...handlers].map((handler) => handler(value)) };
}

/** The few parts of VS Code that activation touches, in memory. */
export function createFakeVscode() {
  const configured: Record<string, unknown> = {};
  const configurationChange = createEvent();
  const commands = new Map<string, Handler>();
  const contexts: Record<string, unknown> = {};
  const log: string[] = [];
  const say =
    (level: string) =>
    (...words: unknown[]) =>
      void log.push([level, ...words].join(" "));
  const item = { text: "", shown: false, command: "", show: () => {}, hide: () => {}, dispose: vi.fn() };
  item.show = () => {
    item.shown = true;
  };
  item.hide = () => {
    item.shown = false;
  };
  const disposable = { dispose: () => {} };
  const messages = vi.fn(async (_text: string, ..._buttons: unknown[]) => undefined);

  const module = {
    StatusBarAlignment: { Left: 1, Right: 2 },
    ConfigurationTarget: { Global: 1, Workspace: 2 },
    ThemeColor: class {},
    MarkdownString: class {},
    EventEmitter: class {
      event = createEvent().event;
      fire() {}
      dispose() {}
    },
    Disposable: {
      from: (...all: { dispose(): void }[]) => ({
        dispose: () => {
          for (const one of all) one.dispose();
        },
      }),
    },
    Uri: { joinPath: (base: unknown) => base },
    ProgressLocation: { Window: 10, Notification: 15 },
    env: { language: "en" },
    l10n: {
      t: (text: string, ...values: unknown[]) =>
        text.replace(/\{(\d)\}/g, (_, index) => String(values[index])),
    },
    window: {
      createOutputChannel: () => ({
        ...disposable,
        info: say("info"),
        warn: say("warn"),
        error: say("error"),
      }),
      createStatusBarItem: () => item,
      registerWebviewPanelSerializer: () => disposable,
      terminals: [] as unknown[],
      showErrorMessage: messages,
      showInformationMessage: messages,
      withProgress: (_: unknown, work: () => unknown) => work(),
    },
    workspace: {
      isTrusted: true,
      workspaceFolders: [{ uri: { fsPath: "/home/dev/shop" } }],
      getConfiguration: () => ({ get: (key: string) => configured[key] }),
      onDidChangeConfiguration: configurationChange.event,
      onDidChangeWorkspaceFolders: () => disposable,
      onDidGrantWorkspaceTrust: () => disposable,
      registerTextDocumentContentProvider: () => disposable,
    },
    commands: {
      registerCommand: (id: string, handler: Handler) => {
        commands.set(id, handler);
        return { dispose: () => commands.delete(id) };
      },
      executeCommand: async (id: string, key: string, value: unknown) => {
        if (id === "setContext") contexts[key] = value;
      },
    },
    debug: { registerDebugConfigurationProvider: () => disposable },
  };

  function createCollection() {
    const mutators = new Map<string, { type: number; value: string }>();
    const scoped = new Map<string, { type: number; value: string }>();
    const collectionOf = (kept: typeof mutators) => ({
      get: (variable: string) => kept.get(variable),
      forEach: (callback: (variable: string) => void) => {
        for (const variable of kept.keys()) callback(variable);
      },
      append: (variable: string, value: string) => kept.set(variable, { type: 2, value }),
      replace: (variable: string, value: string) => kept.set(variable, { type: 1, value }),
      delete: (variable: string) => kept.delete(variable),
    });
    const clear = () => {
      mutators.clear();
      scoped.clear();
    };
    const collection = { ...collectionOf(mutators), clear, getScoped: () => collectionOf(scoped) };
    return { mutators, scoped, collection };
  }

  return {
    module,
    item,
    commands,
    contexts,
    log,
    messages,
    createCollection,
    configure(values: Record<string, unknown>) {
      Object.assign(configured, values);
      configurationChange.fire({ affectsConfiguration: () => true });
    },
  };
}
