export function buildBundles(options?: { metafile?: string }): Promise<void>;
