/**
 * Thirty files import all of `vscode`. Each would ask the editor for it anew, which looks up whose question it is, and copy
 * its hundreds of names: that was half of the time that loading took. So one file does it for all.
 */
const vscodeOnce = {
  name: "vscode once",
  setup(build) {
    const namespace = "once";
    build.onResolve({ filter: /^vscode$/ }, (asked) =>
      asked.namespace === namespace ? { path: "vscode", external: true } : { path: "vscode", namespace },
    );
    build.onLoad({ filter: /^vscode$/, namespace }, () => ({ contents: 'export * from "vscode";' }));
  },
};

/** What esbuild must know of the extension, which is loaded at every start of the editor while others wait. */
export const extensionBundle = {
  entryPoints: ["extension/extension.ts"],
  bundle: true,
  minify: true,
  // To name every function takes time at the start, and nobody reads the names.
  keepNames: false,
  platform: "node",
  target: "node20",
  format: "cjs",
  plugins: [vscodeOnce],
};
