import type { JsonObject } from "../../shared/call.ts";
import { usdToNanoUsd } from "../../shared/money.ts";
import { ownValue } from "../../shared/ownValue.ts";
import { amount, isObject, objectIn, sum } from "./fields.ts";

/**
 * What the provider itself says that a call cost, in nano-dollars, or `null`. Only where its documents say that the field
 * is dollars: others use the same names for other things.
 */
export function declaredCostNanoUsd(provider: string, rawUsage: JsonObject): number | null {
  const usd = ownValue(declarations, provider)?.(objectIn(rawUsage, "usage"), rawUsage);
  return usd === undefined ? null : usdToNanoUsd(usd);
}

type Declaration = (usage: JsonObject, rawUsage: JsonObject) => number | undefined;

/** One tick is a ten-thousand-millionth of a dollar: https://docs.x.ai/docs/key-information/consumption-and-rate-limits */
const USD_PER_XAI_TICK = 1e-10;

/**
 * OpenRouter's own charge, and with a key of the user's own what that key's provider charged on top.
 * https://openrouter.ai/docs/use-cases/usage-accounting
 */
const routerCost: Declaration = (usage) => {
  const cost = amount(usage["cost"]);
  const upstream = amount(objectIn(usage, "cost_details")["upstream_inference_cost"]);
  return usage["is_byok"] === true ? sum(cost, upstream) : cost;
};

/** https://docs.perplexity.ai/docs/getting-started/pricing */
const perplexityCost: Declaration = (usage) => amount(objectIn(usage, "cost")["total_cost"]);

const xaiCost: Declaration = (usage) => {
  const ticks = amount(usage["cost_in_usd_ticks"]);
  return ticks === undefined ? undefined : ticks * USD_PER_XAI_TICK;
};

/** https://exa.ai/docs/reference/search */
const exaCost: Declaration = (_, rawUsage) => {
  const cost = rawUsage["costDollars"];
  return isObject(cost) ? amount(cost["total"]) : undefined;
};

/**
 * The gateway's own charge, a text. Nothing is charged for what a key of the user's own pays elsewhere, so none is no cost
 * that is known. https://vercel.com/docs/ai-gateway
 */
const gatewayCost: Declaration = (_, rawUsage) => {
  const { cost } = rawUsage;
  const usd = typeof cost === "string" && /^\d{1,7}(?:\.\d{1,18})?$/.test(cost) ? Number(cost) : undefined;
  return usd === 0 ? undefined : usd;
};

const declarations: Readonly<Record<string, Declaration>> = {
  openrouter: routerCost,
  perplexity: perplexityCost,
  x_ai: xaiCost,
  xai: xaiCost,
  exa: exaCost,
  vercel: gatewayCost,
};
