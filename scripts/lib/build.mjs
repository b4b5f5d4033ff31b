import { join } from "node:path";
import { runOrFail } from "./commands.mjs";
import { projectDirectory } from "./project.mjs";
import { toolingBinDirectory, toolingEnvironment } from "./provision.mjs";

/** `npm run build`, on the project's own Node, with the build graph written to `metafile` where one is wanted. */
export async function buildBundles({ metafile } = {}) {
  const graph = metafile === undefined ? [] : ["--metafile", metafile];
  await runOrFail(join(toolingBinDirectory(), "node"), ["esbuild.config.mjs", ...graph], {
    label: "npm run build",
    timeoutMs: 300_000,
    logFile: join(projectDirectory, "build", "build.log"),
    env: toolingEnvironment(),
    cwd: projectDirectory,
  });
}
