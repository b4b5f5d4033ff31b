import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import {
  createAttribution,
  namedSource,
  type ProcessSources,
  sourceOf,
} from "../../shim/context/attribution.ts";
import type { Inbound } from "../../shim/context/routes/inbound.ts";

const none = { request: null, response: null };
const asked = (url: string): Inbound => ({
  url,
  method: "GET",
  marks: null,
  pattern: null,
  patternOf: () => null,
  service: null,
});
const script: ProcessSources = { declared: null, script: () => namedSource("script:app.mjs") };

describe("sources", () => {
  it("come in their order: explicit, route, declared for the process, script", () => {
    const attribution = createAttribution();
    const sources: ProcessSources = { ...script, declared: namedSource("nightly") };
    const current = (of = sources) => sourceOf(attribution.current(), of);
    expect(current(script)).toEqual({ source: "script:app.mjs", sourceKind: "script" });
    expect(current()).toEqual({ source: "nightly", sourceKind: "custom" });
    attribution.enterRequest(asked("/api/chat/42?key=secret"), none, null);
    expect(current()).toEqual({ source: "/api/chat/:id", sourceKind: "route" });
    attribution.withSource(namedSource("background_job:mail"), () => {
      expect(current()).toEqual({ source: "background_job:mail", sourceKind: "job" });
      attribution.withSource(namedSource("inner"), () => expect(current()?.source).toBe("inner"));
      attribution.withSource(
        namedSource("inner"),
        () => expect(current()?.source).toBe("background_job:mail"),
        {
          onlyIfUnset: true,
        },
      );
    });
    expect(current()?.source).toBe("/api/chat/:id");
  });

  it("reach what is called after an await, from a timer, and stay apart", async () => {
    const attribution = createAttribution();
    const seen = await Promise.all(
      ["a", "b", "c"].map((source) =>
        attribution.withSource(namedSource(source), async () => {
          await delay(5);
          return new Promise((resolve) =>
            setTimeout(() => resolve(sourceOf(attribution.current(), script)?.source), 5),
          );
        }),
      ),
    );
    expect(seen).toEqual(["a", "b", "c"]);
  });

  it("an inbound request begins anew, whatever started the server", () => {
    const attribution = createAttribution();
    attribution.withSource(namedSource("boot"), () => {
      attribution.withAttributes({ feature: "boot" }, () => {
        attribution.enterRequest(asked("/x"), none, null);
        expect(sourceOf(attribution.current(), script)?.source).toBe("/x");
        expect(attribution.current().feature).toBeNull();
      });
    });
  });
});

describe("attributes", () => {
  it("add up from outer to inner, as short texts", () => {
    const attribution = createAttribution();
    attribution.withAttributes({ feature: "chat", conversationId: "c1", tenant: "acme", n: 7 }, () => {
      attribution.withAttributes({ messageId: "m1", tenant: "x".repeat(500), gone: undefined }, () => {
        expect(attribution.current()).toMatchObject({
          feature: "chat",
          conversationId: "c1",
          messageId: "m1",
        });
        expect(attribution.current().attributes).toEqual({ tenant: "x".repeat(200), n: "7" });
      });
    });
  });

  it("are bounded in number", () => {
    const attribution = createAttribution();
    const many = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`l${index}`, "v"]));
    attribution.withAttributes(many, () => {
      expect(Object.keys(attribution.current().attributes)).toHaveLength(32);
    });
  });
});
