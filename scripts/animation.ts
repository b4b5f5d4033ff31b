/**
 * `node scripts/animation.ts`: films the packaged extension in real VS Code while the example shop runs, and writes
 * docs/images/live.webp. What is seen is what the product does; nothing is drawn.
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { openEditor } from "../test/e2e/lib/editor.ts";
import { pastWeek } from "../test/e2e/lib/pastWeek.ts";
import { animatedWebp, type Frame } from "./lib/animatedWebp.ts";
import { projectDirectory } from "./lib/project.mjs";

const SIZE = { width: 1120, height: 720 };
const FRAME_MS = 350;
const FRAMES = 26;
const LAST_SHOWN_MS = 3_000;
const QUALITY = 0.8;
const MOST_BYTES = 1_000_000;

const editor = await openEditor({
  name: "animation",
  workspace: () => join(projectDirectory, "examples", "shop"),
  settings: { "workbench.colorTheme": "Dark Modern", "taximeter.statusBar.period": "session" },
});
try {
  const { workbench, daemon } = editor;
  const { page } = workbench;
  await daemon.request("ingest", { body: pastWeek(new Date()) });
  await page.setViewportSize(SIZE);
  await workbench.runCommand("View: Toggle Primary Side Bar Visibility");
  await workbench.runCommand("Taximeter: Open Dashboard");
  const dashboard = workbench.webview();
  await dashboard.getByTestId("period-session").click();
  await workbench.openTerminal();
  await workbench.typeInTerminal("PS1='$ '; clear");
  await page.mouse.move(0, 0);
  await page.waitForTimeout(1_500);
  await workbench.typeInTerminal("node app.mjs --visits 24 --every 250");
  const frames: Frame[] = [];
  for (let shot = 1; shot <= FRAMES; shot += 1) {
    const startedAt = performance.now();
    const shownMs = shot === FRAMES ? LAST_SHOWN_MS : FRAME_MS;
    frames.push({ png: await page.screenshot(), shownMs });
    await page.waitForTimeout(Math.max(0, FRAME_MS - (performance.now() - startedAt)));
  }
  const blank = await editor.browser.newPage();
  const animation = await animatedWebp(frames, blank, QUALITY);
  if (animation.length > MOST_BYTES) throw new Error(`${animation.length} bytes are too many`);
  const file = join(projectDirectory, "docs", "images", "live.webp");
  await writeFile(file, animation);
  console.log(`${file}: ${FRAMES} frames, ${Math.round(animation.length / 1000)} kB`);
} finally {
  await editor.close();
}
