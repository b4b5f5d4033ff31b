import type { Call } from "../../shared/call.ts";
import type { CallDetail } from "../../shared/callDetail.ts";
import { t } from "../localisation/t.ts";
import { errorWords } from "./callView.ts";
import { callCost, callStatusWords } from "./costWords.ts";
import { type Formats, UNKNOWN } from "./formats.ts";
import { fieldWords } from "./priceView.ts";

/** One thing that a call was billed for. */
export interface BilledLine {
  id: string;
  field: string;
  name: string;
  /** The model that it is the share of, where that is another than the call's own. */
  of: string | null;
  count: string;
  price: string;
  cost: string;
  /** Whether there is a price. */
  known: boolean;
}

export function costLines({ call, cost }: CallDetail, formats: Formats): BilledLine[] {
  return cost.map(({ field, count, usd, per, costUsd, priceKey }, index): BilledLine => {
    const { name, per: perWords } = fieldWords[field];
    return {
      id: `${index} ${field}`,
      field,
      name,
      of: priceKey === null || priceKey === call.priceKey ? null : priceKey,
      count: formats.count(count),
      price:
        usd === null
          ? t("no price")
          : t("{0} / {1}", formats.usd(asNamed(usd, per, field).toFixed(9)), perWords),
      cost: costUsd === null ? UNKNOWN : formats.usd(costUsd),
      known: usd !== null,
    };
  });
}

/** A price for as many as the field's name says: a million of tokens, else one. */
function asNamed(usd: number, per: number, field: string): number {
  return (usd / per) * (field.endsWith("PerMillion") ? 1_000_000 : 1);
}

export interface AttemptLine {
  what: string;
  took: string;
  cost: string;
  costKnown: boolean;
  failed: boolean;
}

export function attemptLine(attempt: Call, formats: Formats): AttemptLine {
  const cost = callCost(attempt, formats);
  const words = [callStatusWords[attempt.status], attempt.status === "ok" ? "" : errorWords(attempt)];
  return {
    what: `${formats.count(attempt.attempt)} · ${words.filter((word) => word !== "").join(", ")}`,
    took: formats.duration(attempt.durationMs),
    cost: cost.text,
    costKnown: cost.known,
    failed: attempt.status === "error",
  };
}
