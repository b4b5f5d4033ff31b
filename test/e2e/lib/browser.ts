import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { ensureChromium } from "../../../scripts/lib/provision.mjs";
import { webpPicture } from "../../../scripts/lib/webpPicture.ts";

const project = fileURLToPath(new URL("../../../", import.meta.url));
const artefacts = join(project, "artefacts");
const documentImages = join(project, "docs", "images");
/** Letters are still clean, at a third of the PNG's size: the extension's package holds these pictures too. */
const DOCUMENT_QUALITY = 0.85;

/** Headless Chromium that speaks to nobody but the pages it is given. */
export async function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: await ensureChromium(),
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--no-first-run",
    ],
  });
}

export interface ScreenshotOptions {
  /** Part of the page, in pixels; without it the whole. */
  clip?: { x: number; y: number; width: number; height: number };
  /** Name under which README.md shows it: it is renewed there when `UPDATE_SCREENSHOTS=1`. */
  document?: string;
}

/** Keeps a picture of the page in `artefacts/`. */
export async function keepScreenshot(
  page: Page,
  name: string,
  options: ScreenshotOptions = {},
): Promise<void> {
  const { clip, document } = options;
  await mkdir(artefacts, { recursive: true });
  const path = join(artefacts, `${name}.png`);
  const png = await page.screenshot(clip === undefined ? { path } : { path, clip });
  if (document !== undefined && process.env["UPDATE_SCREENSHOTS"] === "1") {
    const blank = await page.context().newPage();
    const { bytes } = await webpPicture(png, blank, DOCUMENT_QUALITY);
    await blank.close();
    await mkdir(documentImages, { recursive: true });
    await writeFile(join(documentImages, `${document}.webp`), bytes);
  }
}
