/** The end of a Bedrock model id that says which version it is: `-v1:0`, `-v2:0:8k`, `-v1`, and `:0` alone. */
const version = /(?:-v(\d+))?(?::\d+)*(?::\d+k|:mm)?$/;

/** Regions whose profiles cost what the model costs in one region. `global.` is not among them: its prices are its own. */
const region = /^(?:us|eu|apac|jp|au|ca|in|sa|us-gov)\./;

/** Who made the model; older ones are listed without. */
const maker = /^[a-z0-9]+\./;

/**
 * Under what names the catalogue may list a Bedrock model id: as it is, without its version, without the region that it is
 * served from, without its maker. A model listed in another version (`amazon.titan-embed-text-v1` for `-v2:0`) is another
 * model: see `isSameVersion`.
 */
export function bedrockNames(modelId: string): string[] {
  const bare = modelId.replace(version, "");
  if (modelId.startsWith("global.")) return [modelId, bare];
  const inOneRegion = bare.replace(region, "");
  const names = [modelId, bare, modelId.replace(region, ""), inOneRegion, inOneRegion.replace(maker, "")];
  return [...new Set(names)];
}

/** Whether a listed model is of the version that was called, as far as both say one. */
export function isSameVersion(modelId: string, listedId: string): boolean {
  const [called, listed] = [modelId, listedId].map((id) => version.exec(id)?.[1]);
  return called === undefined || listed === undefined || called === listed;
}
