/**
 * Every id that package.json contributes, in one place: a command without a handler, or a setting without a reader, does
 * not compile, and a test compares these names with the manifest.
 */
export const commands = {
  openDashboard: "taximeter.openDashboard",
  openDashboardInBrowser: "taximeter.openDashboardInBrowser",
  showReport: "taximeter.showReport",
  showTopConversations: "taximeter.showTopConversations",
  showPerformance: "taximeter.showPerformance",
  showUnpricedModels: "taximeter.showUnpricedModels",
  exportCalls: "taximeter.exportCalls",
  setPrice: "taximeter.setPrice",
  updatePrices: "taximeter.updatePrices",
  repriceHistory: "taximeter.repriceHistory",
  setBudget: "taximeter.setBudget",
  removeBudget: "taximeter.removeBudget",
  switchCircuitBreakers: "taximeter.switchCircuitBreakers",
  joinTeam: "taximeter.joinTeam",
  showTeam: "taximeter.showTeam",
  leaveTeam: "taximeter.leaveTeam",
  switchStatusBarPeriod: "taximeter.switchStatusBarPeriod",
  switchStatusBarScope: "taximeter.switchStatusBarScope",
  pauseMetering: "taximeter.pauseMetering",
  resumeMetering: "taximeter.resumeMetering",
  restartDaemon: "taximeter.restartDaemon",
  stopDaemon: "taximeter.stopDaemon",
  runDoctor: "taximeter.runDoctor",
  showLog: "taximeter.showLog",
  copyRunLine: "taximeter.copyRunLine",
  openSettings: "taximeter.openSettings",
  openWalkthrough: "taximeter.openWalkthrough",
} as const;

export type CommandName = keyof typeof commands;
export type CommandId = (typeof commands)[CommandName];

export const SETTINGS_SECTION = "taximeter";

/** Settings by their name within the section, with what a reader makes of each: see `settings.ts`. */
export const settings = {
  enabled: "enabled",
  providers: "providers",
  budgets: "budgets",
  circuitBreaker: "circuitBreaker",
  teamUrl: "team.url",
  teamShare: "team.share",
  teamDetails: "team.details",
  statusBarPeriod: "statusBar.period",
  statusBarScope: "statusBar.scope",
} as const;

export type SettingName = keyof typeof settings;

/** Keys for `when` clauses and enablement. */
export const contextKeys = {
  /** Whether the daemon was told to pause. */
  paused: "taximeter.paused",
  /** Whether a call was ever metered on this machine, as far as is known: the walkthrough's last step. */
  metered: "taximeter.metered",
  /** Whether this window holds a connection to the daemon, or is trying to. */
  running: "taximeter.running",
} as const;

export type ContextKey = (typeof contextKeys)[keyof typeof contextKeys];

export const DASHBOARD_VIEW_TYPE = "taximeter.dashboard";
export const WALKTHROUGH = "firstCall";
export const TEAM_WALKTHROUGH = "team";
export const REPORT_SCHEME = "taximeter-report";
export const TEAM_SCHEME = "taximeter-team";
