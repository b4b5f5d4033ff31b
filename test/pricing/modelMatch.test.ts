import { waitForUpdate } from "@pydantic/genai-prices";
import { describe, expect, it } from "vitest";
import { findModel } from "../../daemon/pricing/modelMatch.ts";

const providers = (await waitForUpdate()) ?? [];

function idOf(provider: string, name: string): string | undefined {
  const models = providers.find(({ id }) => id === provider)?.models ?? [];
  return findModel(models, name)?.id;
}

describe("names of models", () => {
  it.each([
    ["openai", "gpt-4o", "gpt-4o"],
    ["openai", "GPT-4o-2024-11-20", "gpt-4o"],
    ["openai", "gpt-4o-2024-05-13", "gpt-4o-2024-05-13"],
    ["openai", "gpt-5-nano-2025-08-07", "gpt-5-nano"],
    ["openai", "gpt-5.6-sol-2026-08-21", "gpt-5.6-sol"],
    ["openai", "gpt-4.5-preview-2025-02-27", "gpt-4.5-preview"],
    ["openai", "computer-use-preview-2025-03-11", "computer-use"],
    ["openai", "ft:gpt-4o-2024-08-06:acme::AbC", "ft:gpt-4o"],
    ["openai", "ft:gpt-3.5-turbo-0125:acme::AbC", "ft:gpt-3.5-turbo-"],
    ["openai", "o3-mini-high", "o3-mini"],
    ["anthropic", "claude-3-5-haiku-latest", "claude-3-5-haiku-latest"],
    ["anthropic", "claude-3-7-sonnet-20250219", "claude-3-7-sonnet-latest"],
    ["anthropic", "claude-sonnet-4-20250514", "claude-sonnet-4-0"],
    ["anthropic", "claude-opus-4", "claude-opus-4-0"],
    ["anthropic", "claude-opus-4-1-20250805", "claude-opus-4-1"],
    ["anthropic", "claude-opus-5-5", "claude-opus-5-5"],
    ["google", "gemini-2.0-flash-001", "gemini-2.0-flash"],
    ["google", "gemini-2.5-pro-preview-05-06", "gemini-2.5-pro"],
    ["google", "gemini-2.5-flash-lite-preview-09-2025", "gemini-2.5-flash-lite"],
    ["google", "gemini-2.5-pro-tts", "gemini-2.5-pro-tts"],
    ["google", "gemini-3-pro-preview", "gemini-3-pro-preview"],
  ])("%s: %s is %s", (provider, name, id) => {
    expect(idOf(provider, name)).toBe(id);
  });

  it.each([
    ["openai", "gpt-4o-mega"],
    ["openai", "gpt-5-nano-ultra"],
    ["openai", "gpt-4o-2030-01-01"],
    ["openai", "my-gpt-4o"],
    ["openai", "ft:gpt-4.1-2025-04-14:acme::AbC"],
    ["anthropic", "claude-sonnet-5-6"],
    ["anthropic", "claude-sonnet-5-6-20270101"],
    ["anthropic", "claude-haiku-4-50"],
    ["google", "gemini-2.5-pro-max"],
    ["google", "gemini-2.0-flash-9b"],
    ["google", "gemini-1.5-flash-8b"],
    ["google", "claude-sonnet-4-5-nano"],
    ["openai", ""],
  ])("%s: %s is not guessed", (provider, name) => {
    expect(idOf(provider, name)).toBeUndefined();
  });
});
