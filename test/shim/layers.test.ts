import { describe, expect, it } from "vitest";
import { createLayers, type LowerRequest, type Upper } from "../../shim/meter/layers.ts";

const endpoint = { host: "api.openai.com", path: "/v1/chat/completions", method: "POST" };

function makeUpper(layer: Upper["layer"] = "fetch") {
  let running = true;
  return {
    layer,
    endpoint,
    isRunning: () => running,
    end: () => {
      running = false;
    },
  };
}
const lower = (over: Partial<LowerRequest> = {}): LowerRequest => ({
  layer: "undici",
  inItsContext: false,
  ...over,
});

describe("what one exchange becomes on the layers below", () => {
  it("is known in its context", () => {
    const layers = createLayers();
    const upper = makeUpper();
    expect(layers.carry(upper, () => layers.upperOf(endpoint, lower()))).toBe(upper);
    expect(layers.upperOf(endpoint, lower())).toBeUndefined();
  });

  it("is known out of its context by where it goes, once", () => {
    const layers = createLayers();
    const upper = makeUpper();
    layers.expect(upper);
    expect(layers.upperOf({ ...endpoint, path: "/v1/embeddings" }, lower())).toBeUndefined();
    expect(layers.upperOf(endpoint, lower({ inItsContext: true }))).toBeUndefined();
    expect(layers.upperOf(endpoint, lower())).toBe(upper);
    expect(layers.upperOf(endpoint, lower())).toBeUndefined();
  });

  it("is waited for no longer when it was carried out unseen: who comes then is another", () => {
    const layers = createLayers();
    const upper = makeUpper();
    layers.expect(upper);
    layers.settled(upper);
    expect(upper.isRunning()).toBe(true);
    expect(layers.upperOf(endpoint, lower())).toBeUndefined();
  });

  it("is redirected, to wherever, and tried again, until its response is there", () => {
    const layers = createLayers();
    const upper = makeUpper();
    layers.carry(upper, () => {
      expect(layers.upperOf(endpoint, lower())).toBe(upper);
      expect(layers.upperOf(endpoint, lower())).toBe(upper);
      expect(layers.upperOf({ ...endpoint, path: "/elsewhere" }, lower())).toBe(upper);
      layers.settled(upper);
      expect(layers.upperOf(endpoint, lower())).toBeUndefined();
      expect(layers.upperOf({ ...endpoint, path: "/elsewhere" }, lower())).toBeUndefined();
    });
  });

  it("is not what came after its end, nor what is on its own layer", () => {
    const layers = createLayers();
    const upper = makeUpper("undici");
    layers.expect(upper);
    expect(layers.upperOf(endpoint, lower())).toBeUndefined();
    upper.end();
    expect(layers.upperOf(endpoint, lower({ layer: "node" }))).toBeUndefined();
  });
});
