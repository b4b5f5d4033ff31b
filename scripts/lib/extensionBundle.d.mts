import type { BuildOptions } from "esbuild";

/** What esbuild must know of the extension; paths are relative to the project. */
export const extensionBundle: BuildOptions;
