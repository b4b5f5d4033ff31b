import { createRequire } from "node:module";
import { calledFrom, noteCall, tryNotes } from "./callers.ts";
import { exported, isObject, member, wrapMethod } from "./packages.ts";

/**
 * Some helpers of SDKs and frameworks (`.withResponse()`, Anthropic's `.stream()`, whatever LangChain streams) ask apart
 * from whoever called them, so that no stack leads back from their request. They are met when a call was not found, by the
 * files of its stack, and from their next call on it is noted where they are called.
 */
interface Helpers {
  /** Files of the package: those that stand in such stacks. */
  file: RegExp;
  /** The file that has the classes, where it is another one. */
  classesIn?(file: string): string;
  /** Methods of classes that go on by themselves. */
  methods: Record<string, readonly string[]>;
}

const LANGCHAIN = /([\\/]@langchain[\\/]core[\\/]dist)([\\/]).*(\.c?js)$/;

const packages: readonly Helpers[] = [
  {
    file: /[\\/]node_modules[\\/]openai[\\/]client\.m?js$/,
    methods: { "OpenAI.Chat.Completions": ["stream", "runTools"], "OpenAI.Responses": ["stream"] },
  },
  {
    file: LANGCHAIN,
    classesIn: (file) => file.replace(LANGCHAIN, "$1$2runnables$2base$3"),
    methods: { Runnable: ["batch", "stream", "streamEvents", "streamLog"] },
  },
  {
    file: LANGCHAIN,
    classesIn: (file) => file.replace(LANGCHAIN, "$1$2utils$2async_caller$3"),
    methods: { AsyncCaller: ["call", "callWithOptions"] },
  },
  { file: /[\\/]@openai[\\/]agents-core[\\/]dist[\\/]run\.m?js$/, methods: { Runner: ["run"] } },
  { file: /[\\/]@mastra[\\/]core[\\/]dist[\\/].*\.c?js$/, methods: { Agent: ["generate", "stream"] } },
  {
    file: /[\\/]@google[\\/]genai[\\/]dist[\\/]node[\\/]index\.[cm]js$/,
    methods: { Chat: ["sendMessageStream"] },
  },
];

/** Their `post` is called at once, whatever helper calls it, so that its stack is the one that leads back. */
const clients = /[\\/]node_modules[\\/](?:openai|@anthropic-ai[\\/]sdk)[\\/]client\.m?js$/;

const met = new Set<string>();

/**
 * Meets what is known to go on by itself in a file that stands in the stack of a call that was not found. It is loaded
 * already, so to import it gives what is there. To meet it as it loads would cost every module of the host.
 */
export async function meetHelpers(file: string): Promise<void> {
  if (met.has(file)) return;
  for (const { file: files, classesIn, methods } of packages) {
    if (!files.test(file)) continue;
    met.add(file);
    const exports = await exportsOf(classesIn?.(file) ?? file);
    if (exports === null) continue;
    for (const [path, keys] of Object.entries(methods)) {
      const prototype = member(classAt(exports, path), "prototype");
      for (const key of keys) watch(prototype, key);
    }
  }
  if (!clients.test(file)) return;
  met.add(file);
  const exports = await exportsOf(file);
  if (exports !== null) watchPost(classAt(exports, "OpenAI") ?? classAt(exports, "BaseAnthropic"));
}

/** What a file exports, once and again; `null` where a test runner has loaded it by itself. */
async function exportsOf(file: string): Promise<object | null> {
  const exports: unknown = file.startsWith("file:") ? await import(file) : required(file);
  return isObject(exports) ? exports : null;
}

/** A class by its name, or one that it has: `OpenAI.Chat`. A bundler may have given the export another name. */
function classAt(exports: object, path: string): unknown {
  const [name = "", ...inner] = path.split(".");
  const found =
    exported(exports, name) ?? Object.values(exports).find((value) => member(value, "name") === name);
  return inner.reduce(member, found);
}

function watch(prototype: unknown, key: string): void {
  wrapMethod(prototype, key, function called(method, self, args) {
    return calledFrom(called, () => Reflect.apply(method, self, args));
  });
}

function watchPost(client: unknown): void {
  let prototype: unknown = member(client, "prototype");
  while (typeof prototype === "object" && prototype !== null && !Object.hasOwn(prototype, "post")) {
    prototype = Object.getPrototypeOf(prototype);
  }
  wrapMethod(prototype, "post", function post(method, self, args) {
    return calledFrom(post, () => Reflect.apply(method, self, args), true);
  });
}

/** What `require` has given for a file, if it was ever asked for it. */
function required(file: string): unknown {
  return createRequire("file:///taximeter").cache[file]?.exports;
}

/** Where the AI SDK looks for telemetry, from 6 on, as the first thing that each of its functions does. */
const AI_SDK = "AI_SDK_TELEMETRY_INTEGRATIONS";

/**
 * The AI SDK's functions can't be wrapped, for they are exports of ES modules or part of a bundle, and `streamText` asks
 * apart from its caller. So what they look up tells of them.
 */
export function meetAiSdk(scope: typeof globalThis): void {
  tryNotes();
  if (met.has(AI_SDK)) return;
  met.add(AI_SDK);
  const property = Object.getOwnPropertyDescriptor(scope, AI_SDK);
  if (property !== undefined && (!property.configurable || !("value" in property))) return;
  let value: unknown = property?.value;
  Object.defineProperty(scope, AI_SDK, {
    configurable: true,
    enumerable: property?.enumerable ?? false,
    get: function integrations() {
      noteCall(integrations);
      return value;
    },
    set(given: unknown) {
      value = given;
    },
  });
}
