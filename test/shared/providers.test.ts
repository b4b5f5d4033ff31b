import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { mappedProvider, parseProviderMappings, providerOfHost, providers } from "../../shared/providers.ts";

describe("TAXIMETER_PROVIDERS", () => {
  const mappings = parseProviderMappings(
    "127.0.0.1:4010=openai, LLM.corp.example=openai,localhost:*=ollama,[::1]:11434=ollama,,broken,=x,a=",
  );

  it("leaves out what is no mapping", () => {
    expect(mappings).toHaveLength(4);
  });

  it.each([
    ["127.0.0.1:4010", "openai"],
    ["127.0.0.1:4011", undefined],
    ["127.0.0.1", undefined],
    ["llm.corp.example", "openai"],
    ["llm.corp.example:8443", undefined],
    ["localhost", "ollama"],
    ["localhost:5", "ollama"],
    ["[::1]:11434", "ollama"],
    ["evil-llm.corp.example", undefined],
  ])("%s belongs to %s", (host, provider) => {
    expect(mappedProvider(mappings, host)).toBe(provider);
  });
});

describe("a provider's host", () => {
  it.each([
    ["api.openai.com", "openai"],
    ["api.openai.com:443", "openai"],
    ["eu.api.openai.com", "openai"],
    ["notapi.openai.com", undefined],
    ["api.openai.com.evil.example", undefined],
    ["api.anthropic.com", "anthropic"],
    ["generativelanguage.googleapis.com", "google"],
    ["aws-external-anthropic.us-west-2.api.aws", "anthropic"],
    ["us-east5-aiplatform.googleapis.com", "gcp.vertex_ai"],
    ["aiplatform.eu.rep.googleapis.com", "gcp.vertex_ai"],
    ["myaiplatform.googleapis.com", undefined],
    ["acme.openai.azure.com", "azure.ai.openai"],
    ["openai.azure.com", undefined],
    ["acme.openai.azure.com.evil.example", undefined],
    ["bedrock-runtime.eu-west-1.amazonaws.com", "aws.bedrock"],
    ["bedrock-runtime-fips.us-east-1.amazonaws.com", "aws.bedrock"],
    ["bedrock.eu-west-1.amazonaws.com", undefined],
    ["localhost:11434", "ollama"],
    ["127.0.0.1:11434", "ollama"],
    ["[::1]:11434", "ollama"],
    ["localhost:11435", undefined],
    ["localhost", undefined],
    ["ollama.com", "ollama_cloud"],
  ])("%s is that of %s", (host, name) => {
    expect(providerOfHost(host)?.name).toBe(name);
  });
});

describe("the table of providers", () => {
  it("has each name and each host once", () => {
    for (const all of [providers.map(({ name }) => name), providers.flatMap(({ hosts }) => hosts)]) {
      expect(all).toEqual([...new Set(all)]);
    }
  });

  it("is what docs/providers.md says", () => {
    const docs = readFileSync(new URL("../../docs/providers.md", import.meta.url), "utf8");
    const rows = docs.split("\n").filter((line) => line.startsWith("| `"));
    const told = rows.map((row) => row.split("|").map((cell) => cell.trim()));
    expect(
      told.map(([, name, hosts, operations]) => [name, hosts, operations?.split(", ").toSorted()]),
    ).toEqual(
      providers.map(({ name, hosts, endpoints }) => [
        `\`${name}\``,
        hosts.map((host) => `\`${host}\``).join("<br>"),
        [...new Set(endpoints.map(({ operation }) => operation))].toSorted(),
      ]),
    );
  });

  it("has no path that depends on where it was tested last", () => {
    for (const { path } of providers.flatMap(({ endpoints }) => endpoints)) expect(path.flags).toBe("");
  });
});
