import { AsyncLocalStorage } from "node:async_hooks";
import { createRequire } from "node:module";
import { type CapturedStack, captureStack } from "./callSite.ts";
import { exported, member, wrapMethod } from "./packages.ts";

/**
 * Some helpers of SDKs (`.withResponse()`, Anthropic's `.stream()`) ask apart from whoever called them, so that no stack
 * leads back from their request. Their clients' `post` is called at once all the same: the stack is taken there. OpenAI's
 * `.stream()` begins with a timer, and so its stack is taken where it is called itself.
 */
const classes: Record<string, string> = { openai: "OpenAI", "@anthropic-ai/sdk": "BaseAnthropic" };

const callers = new AsyncLocalStorage<CapturedStack>();

/** The stack of the SDK's call that this is a part of. */
export function sdkCaller(): CapturedStack | undefined {
  return callers.getStore();
}

const met = new Set<string>();
const CLIENT = /[\\/]node_modules[\\/](openai|@anthropic-ai[\\/]sdk)[\\/]client\.m?js$/;

/**
 * Meets the client of an SDK whose call was not found, by a file of its stack. It is loaded already, so to import it gives
 * what is there; from its next call on the caller is known. To meet it as it loads would cost every module of the host.
 */
export async function meetClient(file: string): Promise<void> {
  const className = classes[CLIENT.exec(file)?.[1]?.replace("\\", "/") ?? ""];
  if (className === undefined || met.has(file)) return;
  met.add(file);
  // What a test runner has loaded by itself is not there.
  const exports: unknown = file.startsWith("file:") ? await import(file) : required(file);
  if (typeof exports !== "object" || exports === null) return;
  const client = exported(exports, className);
  watchPost(client);
  watchStream(member(member(client, "Chat"), "Completions"));
  watchStream(member(client, "Responses"));
}

/** Stacks of helpers that have not asked yet. */
const asking = new WeakSet<CapturedStack>();

function watchStream(resource: unknown): void {
  wrapMethod(member(resource, "prototype"), "stream", function stream(method, self, args) {
    const stack = captureStack(stream);
    if (stack === undefined) return Reflect.apply(method, self, args);
    stack.isOfSdk = true;
    asking.add(stack);
    return callers.run(stack, () => Reflect.apply(method, self, args));
  });
}

function watchPost(client: unknown): void {
  let prototype: unknown = member(client, "prototype");
  while (typeof prototype === "object" && prototype !== null && !Object.hasOwn(prototype, "post")) {
    prototype = Object.getPrototypeOf(prototype);
  }
  wrapMethod(prototype, "post", function post(method, self, args) {
    const helper = callers.getStore();
    // Its first request is its own; others may be those of whoever listens to it.
    const stack = helper !== undefined && asking.delete(helper) ? helper : captureStack(post);
    if (stack === undefined) return Reflect.apply(method, self, args);
    stack.isOfSdk = true;
    return callers.run(stack, () => Reflect.apply(method, self, args));
  });
}

/** What `require` has given for a file, if it was ever asked for it. */
function required(file: string): unknown {
  return createRequire("file:///taximeter").cache[file]?.exports;
}
