import { fileURLToPath } from "node:url";
import type { TestProject } from "vitest/node";

/** The store's thread as users get it: plain JavaScript, in one file. It is made before tests run, and before they run again. */
export const workerUrl = new URL("../../build/store-worker.mjs", import.meta.url);

/**
 * A thread of TypeScript would not do. Node strips types by WebAssembly, and of threads that have compiled some and end, as
 * those of a thousand tests do, one or the other makes V8 crash ("Check failed: jit_page.has_value()", nodejs/node#64500).
 */
export async function setup(project: TestProject): Promise<void> {
  const { build } = await import("esbuild");
  const bundle = async () => {
    await build({
      entryPoints: [fileURLToPath(new URL("../../daemon/store/worker.ts", import.meta.url))],
      outfile: fileURLToPath(workerUrl),
      bundle: true,
      platform: "node",
      target: "node20",
      format: "esm",
      external: ["libsql"],
      logLevel: "warning",
    });
  };
  await bundle();
  project.onTestsRerun(bundle);
}
