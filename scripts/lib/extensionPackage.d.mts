export interface ExtensionPackage {
  /** Absolute path. */
  vsix: string;
  bytes: number;
  /** By falling size, uncompressed. */
  files: { path: string; bytes: number }[];
}

export function packageExtension(options?: { target?: string }): Promise<ExtensionPackage>;

/** A README as VS Code can show it, without the files around it. `repository` is that of the manifest. */
export function publicPage(markdown: string, manifest: { repository?: unknown }): string;
