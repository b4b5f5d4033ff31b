import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fingerprintOf } from "../../shim/context/fingerprint.ts";
import { scanRequest } from "../../shim/extract/requestScan.ts";

describe("a request's body", () => {
  it("says its model and whether it streams, wherever they stand", () => {
    fc.assert(
      fc.property(
        fc.jsonValue(),
        fc.string(),
        fc.boolean(),
        fc.constantFrom(undefined, 2),
        (rest, model, stream, indent) => {
          const body = JSON.stringify(
            { messages: rest, model, nested: { model: "no", stream: !stream }, stream },
            null,
            indent,
          );
          expect(scanRequest(body)).toMatchObject({
            model: model.length > 190 ? expect.anything() : model,
            stream,
          });
        },
      ),
    );
  });

  it.each(["", "not json", "[1,2]", '"text"', '{"model":', '{"model":5,"stream":"true"}', '{"model":"cut'])(
    "yields nothing from %j",
    (body) => {
      expect(scanRequest(body)).toMatchObject({ model: null, stream: false });
    },
  );

  it("is not held up by a long one", () => {
    const body = JSON.stringify({ messages: [{ content: 'x"\\'.repeat(2_000_000) }], model: "m" });
    const before = performance.now();
    expect(scanRequest(body).model).toBe("m");
    expect(performance.now() - before).toBeLessThan(2_000);
  });
});

describe("what a price needs of a request", () => {
  it("words of a choice as they are, of texts their characters alone", () => {
    const needs = { words: ["search_depth", "auto_parameters", "n"], lengths: ["input"] };
    const body = {
      query: "secret",
      search_depth: "advanced",
      auto_parameters: false,
      n: 2,
      input: "née 🙂!",
    };
    expect(scanRequest(JSON.stringify(body), needs).needed).toEqual({
      search_depth: "advanced",
      auto_parameters: false,
      n: 2,
      input: 6,
    });
    expect(scanRequest(JSON.stringify(body)).needed).toBeUndefined();
  });

  it.each([
    { search_depth: "some words of the user's" },
    { search_depth: { nested: "advanced" } },
    { search_depth: "x".repeat(1_000_000) },
    { input: ["secret"] },
    { input: "x".repeat(2_000_000) },
  ])("nothing of what is no such thing %#", (body) => {
    const needs = { words: ["search_depth"], lengths: ["input"] };
    expect(scanRequest(JSON.stringify(body), needs).needed).toBeUndefined();
  });
});

describe("a form", () => {
  const form = new FormData();
  form.set(
    "file",
    new Blob(['\r\nContent-Disposition: form-data; name="model"\r\n\r\nsecret']),
    "speech.wav",
  );
  form.set("model", "gpt-4o-transcribe");
  form.set("stream", "true");
  form.set("prompt", "secret");

  it("says its model, which a file in it cannot", async () => {
    const body = await new Response(form).text();
    const facts = scanRequest(body);
    expect(facts).toMatchObject({ model: "gpt-4o-transcribe", stream: true });
    expect(facts.prompts.map(([start, end]) => body.slice(start, end))).toEqual(["secret"]);
  });

  it("as axios and others write it, with more headers, before or after the file", () => {
    const part = (name: string, value: string) =>
      `--b\r\nContent-Disposition: form-data; name="${name}"\r\nContent-Type: text/plain\r\n\r\n${value}\r\n`;
    const file = '--b\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\nRIFF\r\n';
    for (const body of [
      `${part("model", "whisper-1")}${file}--b--\r\n`,
      `${file}${part("model", "whisper-1")}--b--\r\n`,
    ]) {
      expect(scanRequest(body)).toMatchObject({ model: "whisper-1", stream: false });
    }
  });

  it.each(["--", "--b", "--b\r\n", '--b\r\nContent-Disposition: form-data; name="model"\r\n\r\ncut', "----"])(
    "%j says nothing",
    (body) => {
      expect(scanRequest(body)).toMatchObject({ model: null, stream: false });
    },
  );
});

it("work in the background names its model otherwise", () => {
  const body = JSON.stringify({ modelId: "amazon.nova-reel-v1:1", modelInput: { model: "no" } });
  expect(scanRequest(body).model).toBe("amazon.nova-reel-v1:1");
});

describe("the fingerprint", () => {
  const salt = Buffer.alloc(32, 1);
  const of = (body: object, path = "/v1/chat/completions", with_ = salt) => {
    const text = JSON.stringify(body);
    return fingerprintOf(with_, path, text, scanRequest(text));
  };
  const messages = [{ role: "user", content: "hello" }];

  it("is the same for the same model and messages, whatever else differs", () => {
    expect(of({ model: "m", messages })).toMatch(/^[0-9a-f]{32}$/);
    expect(of({ model: "m", messages, temperature: 1 })).toBe(of({ temperature: 0, model: "m", messages }));
  });

  it("differs by model, messages, endpoint and salt", () => {
    const one = of({ model: "m", messages });
    expect(of({ model: "n", messages })).not.toBe(one);
    expect(of({ model: "m", messages: [...messages, ...messages] })).not.toBe(one);
    expect(of({ model: "m", messages }, "/v1/responses")).not.toBe(one);
    expect(of({ model: "m", messages }, undefined, Buffer.alloc(32, 2))).not.toBe(one);
  });

  it("tells long prompts apart by their ends and their length", () => {
    const long = (content: string) => of({ model: "m", messages: [{ content }] });
    const filler = "x".repeat(100_000);
    expect(long(`a${filler}`)).not.toBe(long(`b${filler}`));
    expect(long(`${filler}a`)).not.toBe(long(`${filler}b`));
    expect(long(filler)).not.toBe(long(`${filler}x`));
  });
});
