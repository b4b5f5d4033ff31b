export function cacheDirectory(): string;
export function installOnce(
  name: string,
  version: string,
  hint: string,
  install: (folder: string) => Promise<void>,
): Promise<string>;
