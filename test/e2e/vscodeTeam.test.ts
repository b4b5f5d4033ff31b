import { mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { makeReport } from "../builders.ts";
import { keepScreenshot } from "./lib/browser.ts";
import { type Editor, openEditor } from "./lib/editor.ts";
import { eventually } from "./lib/processes.ts";
import { startSqld } from "./team/sqld.ts";

const editors: Editor[] = [];
afterAll(async () => {
  for (const editor of editors) await editor.close();
});

/** VS Code of a developer of their own, in a home of their own. */
async function editorOf(developer: string): Promise<Editor> {
  const editor = await openEditor({
    name: `vscode-team-${developer.toLowerCase()}`,
    env: { TAXIMETER_DEVELOPER: developer },
    async workspace(directory) {
      const workspace = join(directory, "shop");
      await mkdir(workspace);
      return workspace;
    },
  });
  editors.push(editor);
  return editor;
}

async function joinTeam({ workbench }: Editor, url: string, token: string, shot: string): Promise<void> {
  await workbench.runCommand("Taximeter: Join a Team…");
  await workbench.answerOne(url);
  await keepScreenshot(workbench.page, `${shot}-token`);
  await workbench.answerOne(token);
  await workbench.choose("Sums of quarter hours");
  await workbench.confirmMany();
  await workbench.notification(`Joined ${url}`).waitFor({ timeout: 30_000 });
  await keepScreenshot(workbench.page, `${shot}-joined`);
}

test("two developers' windows join a team: what the one's app spends, the other sees", async () => {
  const sqld = await startSqld({ jwt: true });
  const token = sqld.token();
  const ada = await editorOf("Ada");
  await joinTeam(ada, sqld.url, token, "vscode-team");
  expect(await ada.daemon.request("team", {})).toMatchObject({
    url: sqld.url,
    developer: "Ada",
    token: { place: "memory", held: true },
    problem: null,
  });

  const bob = await editorOf("Bob");
  await joinTeam(bob, sqld.url, token, "vscode-team-other");
  await ada.daemon.request("ingest", { body: [makeReport(), makeReport({ requestModel: "gpt-4o" })] });
  await eventually("what Ada spent, at Bob's", async () => {
    const { rows } = await bob.daemon.request("teamSpend", { query: { groupBy: ["developer"] } });
    return rows.find(({ key, calls }) => key === "Ada" && calls === 2);
  });
  await bob.workbench.runCommand("Taximeter: Open Dashboard");
  const page = bob.workbench.webview();
  await page.getByTestId("view-team").click();
  await page.getByTestId("member-Ada").waitFor({ timeout: 30_000 });
  await keepScreenshot(bob.workbench.page, "vscode-team-seen");

  // A daemon that was restarted knows no token, and is given it again without a question.
  const { pid } = await ada.daemon.request("status", {});
  await ada.workbench.runCommand("Taximeter: Restart Daemon");
  await eventually("the token, in a new daemon", async () => {
    const { token: held, problem } = await ada.daemon.request("team", {});
    const now = await ada.daemon.request("status", {});
    return (now.pid !== pid && held?.held === true && problem === null) || undefined;
  });

  await ada.workbench.runCommand("Taximeter: Team…");
  await keepScreenshot(ada.workbench.page, "vscode-team-actions");
  await ada.workbench.choose("Show What Leaves");
  await ada.workbench.page.getByText('"rollups"').first().waitFor({ timeout: 30_000 });

  await ada.workbench.runCommand("Taximeter: Leave the Team…");
  await keepScreenshot(ada.workbench.page, "vscode-team-leave");
  await ada.workbench.page.getByRole("button", { name: "Leave and Erase", exact: true }).click();
  await eventually(
    "Ada to be gone",
    async () => (await ada.daemon.request("team", {})).url === null || undefined,
  );
  const left = await sqld.query("SELECT developer FROM taximeter_contributors");
  expect(left.map(({ developer }) => developer)).not.toContain("Ada");

  for (const editor of editors) {
    expect(await editor.errorsInLogs()).toEqual([]);
    for (const folder of [editor.home, join(editor.directory, "data")]) {
      expect(await filesWith(folder, token)).toEqual([]);
    }
  }
}, 600_000);

async function filesWith(folder: string, text: string): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    const content = await readFile(file).catch(() => Buffer.alloc(0));
    if (content.includes(text)) found.push(file);
  }
  return found;
}
