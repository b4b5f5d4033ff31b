import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as esbuild from "esbuild";

/** Builds the dashboard as it stands in the sources, with the options of `esbuild.config.mjs`; returns its folder. */
export async function buildDashboard(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "taximeter-webview-"));
  await esbuild.build({
    absWorkingDir: join(import.meta.dirname, "../.."),
    entryPoints: { dashboard: "webview/main.tsx" },
    outdir: folder,
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    target: ["chrome120"],
    jsx: "automatic",
    jsxImportSource: "preact",
    loader: { ".ttf": "file" },
    assetNames: "[name]",
    logLevel: "warning",
  });
  return folder;
}
