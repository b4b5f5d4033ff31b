import { ownValue } from "./ownValue.ts";
import { clouds } from "./providers/clouds.ts";
import { modelMakers, webReaders } from "./providers/models.ts";
import type { EndpointRule, Provider } from "./providers/provider.ts";
import { ollama, resellers } from "./providers/resellers.ts";

/** Every provider known by its host. To add one: docs/providers.md. */
export const providers: readonly Provider[] = [
  ...modelMakers,
  ...clouds,
  ...resellers,
  ...webReaders,
  ...ollama,
];

/** The provider that a host belongs to, or `undefined`. `host` is lower case, with or without a port. */
export function providerOfHost(host: string): Provider | undefined {
  const name = host.replace(/:\d+$/, "");
  return providers.find((provider) =>
    provider.hosts.some((known) => matches(known, /:\d+$/.test(known) ? host : name)),
  );
}

function matches(pattern: string, host: string): boolean {
  const star = pattern.indexOf("*");
  if (star === -1) return pattern === host;
  const [start, end] = [pattern.slice(0, star), pattern.slice(star + 1)];
  return host.length > start.length + end.length && host.startsWith(start) && host.endsWith(end);
}

/** Whose words other providers speak. */
const lentWords: ReadonlySet<string> = new Set([
  "openai",
  "anthropic",
  "google",
  "gcp.vertex_ai",
  "aws.bedrock",
  "ollama",
]);

/**
 * The rule for an endpoint, or `undefined` where the provider does not bill it. A provider that the user named for a host
 * of their own (`TAXIMETER_PROVIDERS`) may have no entry here: then the rules of those whom others copy say the wire format.
 */
export function endpointRule(providerName: string, method: string, path: string): EndpointRule | undefined {
  const fits = (rule: EndpointRule) => rule.method === method && rule.path.test(path);
  const name = knownProviderName(providerName);
  const known = providers.find((provider) => provider.name === name);
  if (known !== undefined) return known.endpoints.find(fits);
  return providers
    .filter(({ name }) => lentWords.has(name))
    .flatMap((provider) => provider.endpoints)
    .find(fits);
}

/** What users and libraries call a provider → what it is called here; else the name as it is. */
export function knownProviderName(name: string): string {
  return ownValue(otherNames, name) ?? name;
}

const otherNames: Readonly<Record<string, string>> = {
  azure: "azure.ai.openai",
  bedrock: "aws.bedrock",
  aws: "aws.bedrock",
  fireworks_ai: "fireworks",
  "gcp.gemini": "google",
  "gcp.gen_ai": "google",
  gemini: "google",
  mistral: "mistral_ai",
  moonshot: "moonshot_ai",
  moonshotai: "moonshot_ai",
  vertex: "gcp.vertex_ai",
  voyageai: "voyage",
  xai: "x_ai",
  zai: "z_ai",
};

/** One entry of `TAXIMETER_PROVIDERS`: a host, on one port, on its default port, or (`*`) on any. */
export interface ProviderMapping {
  host: string;
  port: string | null;
  provider: string;
}

/**
 * Reads `TAXIMETER_PROVIDERS`: `host[:port|:*]=provider`, comma-separated. Entries that are no such thing are left out.
 * IPv6 hosts stand in brackets.
 */
export function parseProviderMappings(text: string): ProviderMapping[] {
  const mappings: ProviderMapping[] = [];
  for (const entry of text.split(",")) {
    const match = /^\s*(\[[^\]]+\]|[^:=\s]+)(?::(\d+|\*))?\s*=\s*([\w.-]+)\s*$/.exec(entry);
    if (match?.[1] && match[3]) {
      mappings.push({
        host: match[1].toLowerCase(),
        port: match[2] ?? null,
        provider: match[3].toLowerCase(),
      });
    }
  }
  return mappings;
}

/** The provider that the user named for this host (as in `URL.host`: lower case, port only where not the default). */
export function mappedProvider(mappings: readonly ProviderMapping[], host: string): string | undefined {
  const match = /^(.*?)(?::(\d+))?$/.exec(host);
  const name = match?.[1] ?? host;
  const port = match?.[2] ?? null;
  return mappings.find(
    (mapping) =>
      mapping.host === name &&
      (mapping.port === "*" || mapping.port === port || (mapping.port === null && port === null)),
  )?.provider;
}
