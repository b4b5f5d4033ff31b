import { describe, expect, it } from "vitest";
import { makeUuidV7 } from "../../shim/meter/callId.ts";

const START_MS = 1_795_000_000_000;

describe("call ids", () => {
  it("are UUIDs of version 7, unique, and rise with time", () => {
    const ids = Array.from({ length: 5_000 }, (_, index) => makeUuidV7(START_MS + index / 100));
    for (const id of ids) {
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    }
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.toSorted()).toEqual(ids);
    expect(Number.parseInt(makeUuidV7(START_MS).replaceAll("-", "").slice(0, 12), 16)).toBe(START_MS);
  });
});
