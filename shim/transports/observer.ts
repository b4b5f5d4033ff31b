import { type WireFormat, wireFormats } from "../../shared/wireFormats.ts";
import type { CapturedStack } from "../context/callSite.ts";
import type { ReadableFormat } from "../extract/readingPlan.ts";
import type { Guard } from "../guard.ts";
import type { Connection, ConnectionStart } from "../meter/connection.ts";
import type { Exchange, ExchangeStart } from "../meter/exchange.ts";
import type { Layers } from "../meter/layers.ts";
import type { Targets } from "./target.ts";

/** What every transport tells of the exchanges that it sees. */
export interface TransportObserver {
  targets: Targets;
  guard: Guard;
  layers: Layers;
  begin(start: ExchangeStart): Exchange;
  connect(start: ConnectionStart): Connection;
  /** `below`: the function whose callers are of interest. */
  captureStack(below: (...args: never[]) => unknown): CapturedStack | undefined;
}

/** Puts a method of the shim's over one that an object has; `original` is bound to the object. */
export function overlay(
  target: object,
  name: string,
  make: (original: (...args: unknown[]) => unknown) => (...args: unknown[]) => unknown,
): void {
  const method: unknown = Reflect.get(target, name);
  if (typeof method !== "function") return;
  const value = make((...args) => Reflect.apply(method, target, args));
  Object.defineProperty(target, name, { value, configurable: true, enumerable: false, writable: true });
}

/** Header in which SDKs made by Stainless (openai, anthropic) count their retries. */
const RETRY_COUNT = "x-stainless-retry-count";
const MAX_MODEL_LENGTH = 200;

/** What a request says of itself in its headers; `get` takes their names in lower case. */
export function saidInHeaders(
  formatName: ReadableFormat,
  get: (name: string) => unknown,
): Pick<ExchangeStart, "sdkRetryCount" | "namedModel"> {
  const format: WireFormat | undefined = formatName === "any" ? undefined : wireFormats[formatName];
  const retryCount = get(RETRY_COUNT);
  const model = format?.modelHeaders?.map(get).find((value) => typeof value === "string");
  return {
    sdkRetryCount: typeof retryCount === "string" && /^\d{1,3}$/.test(retryCount) ? Number(retryCount) : null,
    namedModel: typeof model === "string" && model.length <= MAX_MODEL_LENGTH ? model : null,
  };
}
