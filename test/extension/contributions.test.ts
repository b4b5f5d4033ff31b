import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import {
  commands,
  contextKeys,
  DASHBOARD_VIEW_TYPE,
  SETTINGS_SECTION,
  settings,
  TEAM_WALKTHROUGH,
  WALKTHROUGH,
} from "../../extension/contributions.ts";
import { nodeDebugTypes } from "../../extension/environment/debugEnvironment.ts";
import { periods, scopes } from "../../extension/settings.ts";
import { budgetPeriods } from "../../shared/budgets.ts";
import { dimensions } from "../../shared/dimensions.ts";

const root = new URL("../../", import.meta.url);
const readText = (path: string) => readFileSync(new URL(path, root), "utf8");
const manifest = JSON.parse(readText("package.json"));
const strings: Record<string, string> = JSON.parse(readText("package.nls.json"));
const properties = manifest.contributes.configuration.properties;

describe("the manifest and the code name the same", () => {
  test("commands", () => {
    const contributed = manifest.contributes.commands.map(({ command }: { command: string }) => command);
    expect(contributed.sort()).toEqual(Object.values(commands).sort());
  });

  test("settings", () => {
    const read = Object.values(settings).map((name) => `${SETTINGS_SECTION}.${name}`);
    expect(Object.keys(properties).sort()).toEqual(read.sort());
  });

  test("the values of settings", () => {
    expect(properties["taximeter.statusBar.period"].enum).toEqual([...periods]);
    expect(properties["taximeter.statusBar.scope"].enum).toEqual([...scopes]);
    const budget = properties["taximeter.budgets"].items.properties;
    expect(budget.period.enum).toEqual([...budgetPeriods]);
    const scope = new RegExp(budget.scope.pattern);
    for (const dimension of [...dimensions, "label:tenant"]) expect(`${dimension}=a=b`).toMatch(scope);
    expect("colour=red").not.toMatch(scope);
  });

  test("the walkthroughs, of which the first ends with a call that is metered", () => {
    const walkthroughs: { id: string }[] = manifest.contributes.walkthroughs;
    expect(walkthroughs.map(({ id }) => id)).toEqual([WALKTHROUGH, TEAM_WALKTHROUGH]);
    const [walkthrough, team] = manifest.contributes.walkthroughs;
    expect(walkthrough.steps).toHaveLength(4);
    expect(walkthrough.steps.at(-1).completionEvents).toEqual([`onContext:${contextKeys.metered}`]);
    const events: string[] = [...walkthrough.steps, ...team.steps].flatMap(
      (step: { completionEvents: string[] }) => step.completionEvents,
    );
    const known = [
      "onStepSelected",
      ...Object.values(commands).map((command) => `onCommand:${command}`),
      ...Object.values(contextKeys).map((key) => `onContext:${key}`),
    ];
    expect(events.filter((event) => !known.includes(event))).toEqual([]);
    for (const { media } of walkthrough.steps)
      expect(existsSync(new URL(media.svg, root)), media.svg).toBe(true);
    for (const { media } of team.steps)
      expect(existsSync(new URL(media.markdown, root)), media.markdown).toBe(true);
    const links = Object.values(strings).flatMap((text) => text.match(/command:taximeter[\w.]+/g) ?? []);
    expect(links.length).toBeGreaterThan(4);
    expect(
      links.filter((link) => !Object.values<string>(commands).includes(link.slice("command:".length))),
    ).toEqual([]);
  });

  test("what wakes the extension", () => {
    expect(manifest.activationEvents).toEqual([
      "onStartupFinished",
      ...nodeDebugTypes.map((type) => `onDebugResolve:${type}`),
      `onWebviewPanel:${DASHBOARD_VIEW_TYPE}`,
    ]);
  });
});

describe("the manifest", () => {
  test("has a text for every key, and no text too many", () => {
    const used = [...JSON.stringify(manifest).matchAll(/"%([^"%]+)%"/g)].map(([, key]) => key);
    expect([...new Set(used)].sort()).toEqual(Object.keys(strings).sort());
  });

  test("gives every command the category and an icon that exists", () => {
    const icons = readText("node_modules/@vscode/codicons/dist/codicon.css");
    for (const { command, category, icon } of manifest.contributes.commands) {
      expect([command, category]).toEqual([command, "%category%"]);
      const name = /^\$\(([\w-]+)\)$/.exec(icon)?.[1];
      expect([command, icons.includes(`.codicon-${name}:before`)]).toEqual([command, true]);
    }
  });

  test("orders and describes every setting", () => {
    const orders = Object.values<{ order: number }>(properties).map(({ order }) => order);
    expect([...orders].sort()).toEqual(orders.map((_, index) => index + 1));
  });

  test("lets no untrusted workspace say what is metered, and no workspace set a budget", () => {
    expect(properties["taximeter.budgets"].scope).toBe("application");
    const { supported, restrictedConfigurations } = manifest.capabilities.untrustedWorkspaces;
    expect([supported, restrictedConfigurations]).toEqual([
      "limited",
      ["taximeter.enabled", "taximeter.providers", "taximeter.circuitBreaker"],
    ]);
  });

  test("keeps on this machine what is this machine's: hosts, folders' protection, budgets", () => {
    const isSynced = ({ scope, ignoreSync }: { scope: string; ignoreSync?: boolean }) =>
      ignoreSync !== true && !scope.startsWith("machine");
    const machines = ["taximeter.providers", "taximeter.circuitBreaker", "taximeter.budgets"];
    expect(machines.filter((name) => isSynced(properties[name]))).toEqual([]);
  });

  test("runs beside the code, and names files that exist", () => {
    expect(manifest.extensionKind).toEqual(["workspace"]);
    expect(existsSync(new URL(manifest.icon, root))).toBe(true);
  });
});
