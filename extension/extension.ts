import { join } from "node:path";
import * as vscode from "vscode";
import { createConnection } from "../daemon/client/connection.ts";
import { createBudgets } from "./budgets/budgets.ts";
import { budgetCommands } from "./commands/budgetCommands.ts";
import { registerCommands } from "./commands/commandHandlers.ts";
import { daemonCommands } from "./commands/daemonCommands.ts";
import { priceCommands } from "./commands/priceCommands.ts";
import { protectionCommands } from "./commands/protectionCommands.ts";
import { reportCommands } from "./commands/reportCommands.ts";
import { teamCommands } from "./commands/teamCommands.ts";
import { viewCommands } from "./commands/viewCommands.ts";
import { contextKeys, SETTINGS_SECTION } from "./contributions.ts";
import { createCommandLine } from "./daemon/commandLine.ts";
import { createConnectionLog } from "./daemon/connectionLog.ts";
import { createDaemonLink } from "./daemon/daemonLink.ts";
import { runtimeCommand, withEnvironment } from "./daemon/launchCommand.ts";
import { createDashboard } from "./dashboard/dashboardPanel.ts";
import { createAppMetering } from "./environment/appMetering.ts";
import { createBreakerMemory } from "./protection/breakerMemory.ts";
import { createBreakerSync } from "./protection/breakerSync.ts";
import { createReportDocuments } from "./reports/reportDocuments.ts";
import { teamSetting } from "./settings.ts";
import { createStatusBar } from "./statusBar/statusBar.ts";
import { createTicker } from "./statusBar/ticker.ts";
import { createTeamHandOver } from "./team/teamHandOver.ts";
import { createTeamMemory } from "./team/teamMemory.ts";
import { createTeamPreview } from "./team/teamPreview.ts";
import { createTeamSync } from "./team/teamSync.ts";
import { createTeamTokens } from "./team/teamTokens.ts";
import { currentSettings, readSurroundings, setContext, workspaceFolderPaths } from "./window.ts";

/** Only wiring: what there is, who knows whom, and what a change of the settings sets off. */
export function activate(context: vscode.ExtensionContext): void {
  const startedAt = performance.now();
  const log = vscode.window.createOutputChannel("Taximeter", { log: true });
  const { home, dist, version, language, sessionStart } = readSurroundings(context);
  let settings = currentSettings();

  const runtime = { execPath: process.execPath, env: process.env, dist };
  const launch = runtimeCommand(runtime, "daemon.mjs");
  const link = createDaemonLink(
    () => createConnection({ home, version, launch }),
    (running) => {
      setContext(contextKeys.running, running);
      if (!running) budgets.rest();
    },
  );
  const attach = () => createConnection({ home, version, launch: null });
  const statusBar = createStatusBar();
  const dashboard = createDashboard({
    extensionUri: context.extensionUri,
    link,
    log,
    view: () => ({
      workspace: workspaceFolderPaths()[0] ?? null,
      scope: settings.statusBarScope,
      period: settings.statusBarPeriod,
      sessionStart,
    }),
  });
  const documents = createReportDocuments(link, language);
  const metering = createAppMetering({ collection: context.environmentVariableCollection, home, dist, log });
  // As if typed in a terminal of this window: the doctor looks at what apps find there.
  const commandLine = createCommandLine((args) =>
    withEnvironment(runtimeCommand(runtime, "cli.mjs", args), metering.terminalEnvironment()),
  );
  const storage = context.globalStorageUri.fsPath;
  const budgets = createBudgets({ link, storage, home, language, log });
  const breakers = createBreakerSync(link, createBreakerMemory(context.globalState));
  const teamTokens = createTeamTokens(context.secrets);
  const appliedTeam = createTeamMemory(context.globalState);
  const teamPreview = createTeamPreview(link);
  const handOverTeam = createTeamHandOver(
    createTeamSync({ link, tokens: teamTokens, applied: appliedTeam }),
    log,
  );
  const handOver = () => {
    budgets.apply(settings);
    breakers.apply(settings.circuitBreaker, workspaceFolderPaths()).catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      log.warn(`The setting of circuit breakers could not be handed over: ${reason}`);
    });
    void handOverTeam(teamSetting(settings));
  };
  const logConnection = createConnectionLog(log);
  const ticker = createTicker({
    link,
    statusBar,
    language,
    sessionStart,
    isTrusted: () => vscode.workspace.isTrusted,
    now: () => new Date(),
    listener: {
      changed(state) {
        logConnection(state);
        setContext(contextKeys.paused, state.status?.recording === false);
        if ((state.status?.storedCalls ?? 0) > 0 || state.lastCall !== null) {
          setContext(contextKeys.metered, true);
        }
      },
      event: (event) => budgets.take(event),
      connected: handOver,
    },
  });

  const applyToApps = () => {
    for (const problem of settings.problems) log.warn(problem);
    metering.apply(settings);
  };
  const showSpend = () => ticker.apply(settings, workspaceFolderPaths());
  const switchOff = () =>
    link.stop(vscode.l10n.t("Taximeter is switched off by the setting taximeter.enabled."));
  const readAgain = () => {
    const wasEnabled = settings.enabled;
    settings = currentSettings();
    // A daemon that the user has stopped stays so, whatever else is changed.
    if (settings.enabled && !wasEnabled) link.resume();
    if (!settings.enabled) switchOff();
    applyToApps();
    showSpend();
    if (settings.enabled) handOver();
  };

  setContext(contextKeys.running, true);
  context.subscriptions.push(
    log,
    statusBar,
    dashboard,
    documents,
    metering,
    ticker,
    link,
    budgets,
    teamPreview,
    registerCommands(
      {
        ...viewCommands({
          dashboard,
          link,
          language,
          current: () => settings,
          cliPath: join(dist, "cli.mjs"),
          extensionId: context.extension.id,
        }),
        ...reportCommands({ documents, commandLine, language }),
        ...budgetCommands({ link, language, workspaceFolders: workspaceFolderPaths }),
        ...priceCommands({ link, language }),
        ...protectionCommands({ link, language, current: () => settings }),
        ...teamCommands({
          link,
          language,
          tokens: teamTokens,
          applied: appliedTeam,
          preview: teamPreview,
          current: () => teamSetting(settings),
        }),
        ...daemonCommands({ link, attach, commandLine, log }),
      },
      log,
    ),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration(SETTINGS_SECTION)) readAgain();
    }),
    vscode.workspace.onDidChangeWorkspaceFolders(() => {
      showSpend();
      if (settings.enabled) handOver();
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(readAgain),
  );
  if (!settings.enabled) switchOff();
  // The very next terminal is metered; the daemon can wait until the other extensions had their turn.
  applyToApps();
  const firstShown = setImmediate(showSpend);
  context.subscriptions.push({ dispose: () => clearImmediate(firstShown) });
  log.info(`Taximeter ${version} activated in ${(performance.now() - startedAt).toFixed(1)} ms.`);
}
