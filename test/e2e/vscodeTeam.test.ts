import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { afterAll, expect, onTestFinished, test } from "vitest";
import { keepScreenshot } from "./lib/browser.ts";
import { type Editor, openEditor } from "./lib/editor.ts";
import { eventually } from "./lib/processes.ts";
import { startSqld } from "./team/sqld.ts";

const editors: Editor[] = [];
afterAll(async () => {
  for (const editor of editors) await editor.close();
});

/** A provider of AI on this machine: every question costs the same. Answers its host and port. */
async function startProvider(): Promise<string> {
  const answer = {
    id: "chatcmpl-team",
    object: "chat.completion",
    model: "gpt-4o-mini",
    choices: [{ index: 0, message: { role: "assistant", content: "Hello" }, finish_reason: "stop" }],
    usage: { prompt_tokens: 1_000, completion_tokens: 100, total_tokens: 1_100 },
  };
  const server = createServer((request, response) => {
    request.resume().on("end", () => {
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("the provider has no port");
  return `127.0.0.1:${address.port}`;
}

const app = (provider: string) => `
for (let call = 0; call < 2; call += 1) {
  const response = await fetch("http://${provider}/v1/chat/completions", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: "gpt-4o-mini", messages: [{ role: "user", content: "Hello" }] }),
  });
  await response.json();
}
console.log("asked twice");
`;

/** VS Code of a developer of their own, in a home of their own. */
async function editorOf(developer: string, provider: string): Promise<Editor> {
  const editor = await openEditor({
    name: `vscode-team-${developer.toLowerCase()}`,
    env: { TAXIMETER_DEVELOPER: developer },
    settings: { "taximeter.providers": { [provider]: "openai" } },
    async workspace(directory) {
      const workspace = join(directory, "shop");
      await mkdir(workspace);
      await writeFile(join(workspace, "app.mjs"), app(provider));
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
  const provider = await startProvider();
  const ada = await editorOf("Ada", provider);
  await joinTeam(ada, sqld.url, token, "vscode-team");
  expect(await ada.daemon.request("team", {})).toMatchObject({
    url: sqld.url,
    developer: "Ada",
    token: { place: "memory", held: true },
    problem: null,
  });

  const bob = await editorOf("Bob", provider);
  await joinTeam(bob, sqld.url, token, "vscode-team-other");
  await ada.workbench.openTerminal();
  await ada.workbench.typeInTerminal("node app.mjs");
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
  const own = await ada.daemon.request("spend", { query: {} });
  expect(own.total.calls).toBe(2);
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
