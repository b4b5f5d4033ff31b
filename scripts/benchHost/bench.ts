import { fileURLToPath } from "node:url";
import { type Child, startChild } from "./children.ts";
import type { ServerPorts } from "./server.ts";
import type { Variant } from "./variants.ts";

/** What all measurements share. */
export interface Bench {
  /** `node_modules` with the SDK and the other products. */
  packages: string;
  /** `TAXIMETER_HOME` of the daemon below. */
  home: string;
  ports: ServerPorts;
  server: Child;
  daemon: Child;
  /** Says how far it is, in one line that is written over. */
  progress(text: string): void;
}

const inProcessFetch = fileURLToPath(new URL("../bench/inProcessFetch.ts", import.meta.url));

/** The `fetch` that never leaves the process is at the bottom, below whatever watches. */
export function preloadsOf(variant: Variant): string[] {
  return ["--require", inProcessFetch, ...variant.flags];
}

export function startApp(flags: readonly string[], env: Record<string, string>): Child {
  return startChild("app.ts", flags, env);
}

export function appEnvironment({ packages, home, ports }: Bench, variant: Variant): Record<string, string> {
  return {
    BENCH_PACKAGES: packages,
    BENCH_PROVIDER_PORT: String(ports.provider),
    BENCH_SINK: `http://127.0.0.1:${ports.sinks[variant.name] ?? 0}`,
    TAXIMETER_HOME: home,
    TAXIMETER_PROVIDERS: `127.0.0.1:${ports.provider}=openai,in-process.test=openai`,
  };
}
