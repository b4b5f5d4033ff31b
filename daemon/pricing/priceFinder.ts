import type { Catalogue } from "./catalogue.ts";
import { withDecisions } from "./decisions.ts";
import type { OwnPrices } from "./ownPrices.ts";
import type { PriceableCall } from "./priceableCall.ts";
import type { FoundPrices } from "./prices.ts";
import { listingOf } from "./routedProviders.ts";
import { searchPrice, withSearchFee } from "./searchFees.ts";

/**
 * Which prices hold for a call, or for another model's share of it: of several names the first that has one. The user's
 * own come first, then that local models are free, then the catalogue.
 */
export type PriceFinder = (call: PriceableCall, models: readonly string[]) => FoundPrices | undefined;

/** Models that run on the developer's own machines cost nothing by the call. */
const localProviders: ReadonlySet<string> = new Set([
  "ollama",
  "lmstudio",
  "lm-studio",
  "lm_studio",
  "vllm",
  "llamacpp",
  "llama.cpp",
  "llama-cpp",
  "llamafile",
  "localai",
  "local",
  "jan",
  "tgi",
  "mlx",
]);

export function createPriceFinder(own: OwnPrices, catalogue: () => Catalogue): PriceFinder {
  return (call, models) => {
    const { provider } = call;
    const ofAnyModel = models.length === 0 || call.usage.credits !== undefined;
    const users = own.find(call.workspace, provider, ofAnyModel ? [...models, null] : models);
    if (users !== undefined) return users;
    if (localProviders.has(provider)) {
      return { key: `${provider}:${models[0] ?? "*"}`, version: "local", prices: {}, free: true };
    }
    const named = isAzure(provider)
      ? models.filter((model) => model === call.responseModel || model !== call.requestModel)
      : models;
    for (const model of named) {
      const listing = listingOf(call, model);
      const listed = catalogue().find(listing.provider, listing.model, call.startedAtMs);
      if (listed !== undefined) return withDecisions(withSearchFee(listed, call.rawUsage), call.serviceTier);
    }
    return models.length === 0 ? searchPrice(provider, call.endpoint?.path) : undefined;
  };
}

/**
 * The model that answered, then the one that was asked for. On Bedrock the other way round: what is asked for says from
 * which regions it is served, which decides the price, and what answers does not.
 */
export function modelsOf({ provider, requestModel, responseModel }: PriceableCall): string[] {
  const models = isBedrock(provider) ? [requestModel, responseModel] : [responseModel, requestModel];
  return models.filter((model) => model !== null);
}

function isBedrock(provider: string): boolean {
  return provider === "aws.bedrock" || provider === "aws" || provider === "bedrock";
}

/** Where the user names their deployments as they like: such a name may be that of another model. */
function isAzure(provider: string): boolean {
  return provider === "azure.ai.openai" || provider === "azure";
}
