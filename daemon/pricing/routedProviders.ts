import { objectIn, textIn } from "../usage/fields.ts";
import type { PriceableCall } from "./priceableCall.ts";

/** Under which provider's name a price list has a call, and its model there. */
interface Listing {
  provider: string;
  model: string;
}

/**
 * Hugging Face's router passes on the price of who served the call, whom the list has one by one (`huggingface_groq`). Who that
 * was stands in the path, behind the model's name, or else in a header of the answer.
 * https://huggingface.co/docs/inference-providers/pricing
 */
export function listingOf(
  call: Pick<PriceableCall, "provider" | "endpoint" | "rawUsage">,
  model: string,
): Listing {
  if (call.provider !== "huggingface") return { provider: call.provider, model };
  const [, name = model, policy = ""] = /^([^:]+)(?::(.*))?$/.exec(model) ?? [];
  const served =
    /^\/(?!v\d+\/)([\w-]+)\//.exec(call.endpoint?.path ?? "")?.[1] ??
    (policies.has(policy) ? undefined : policy) ??
    textIn(objectIn(call.rawUsage ?? {}, "headers"), "x-inference-provider");
  return { provider: served ? `huggingface_${served}` : call.provider, model: name };
}

/** What may stand behind a model's name instead of a provider: how to choose one. */
const policies: ReadonlySet<string> = new Set(["", "fastest", "cheapest", "preferred"]);
