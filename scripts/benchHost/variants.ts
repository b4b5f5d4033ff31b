import { fileURLToPath } from "node:url";

/** One way to run the app: as it is, with the shim, or with another product that records its calls. */
export interface Variant {
  name: string;
  /** The npm package and its version are told where it has one. */
  packageName?: string;
  /** Flags for Node; the in-process `fetch` comes before them. */
  flags: readonly string[];
  /** Written once in each span of an AI call that it exports: how the sink counts. */
  spanMark?: string;
}

const ownFile = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const instrument = (name: string) => ["--import", ownFile(`instruments/${name}.cjs`)];

export const bare: Variant = { name: "bare SDK", flags: [] };

export const others: readonly Variant[] = [
  {
    name: "OpenTelemetry",
    packageName: "@opentelemetry/instrumentation-openai",
    flags: instrument("otel"),
    spanMark: "gen_ai.request.model",
  },
  {
    name: "Langfuse",
    packageName: "@langfuse/openai",
    flags: instrument("langfuse"),
    spanMark: "langfuse.observation.type",
  },
  {
    name: "OpenLIT",
    packageName: "openlit",
    flags: instrument("openlit"),
    spanMark: "gen_ai.request.model",
  },
  {
    name: "Traceloop",
    packageName: "@traceloop/node-server-sdk",
    flags: instrument("traceloop"),
    spanMark: "gen_ai.request.model",
  },
  {
    name: "Sentry",
    packageName: "@sentry/node",
    flags: instrument("sentry"),
    spanMark: "gen_ai.request.model",
  },
];

export const shimName = "Taximeter";

/** The preload, as `NODE_OPTIONS` names it in VS Code's terminals. */
export function shimVariant(register: string, name = shimName): Variant {
  return { name, flags: ["--require", register] };
}
