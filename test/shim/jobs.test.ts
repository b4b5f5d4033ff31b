import { describe, expect, it } from "vitest";
import { createAttribution, namedSource, sourceOf } from "../../shim/context/attribution.ts";
import { inngestFunction } from "../../shim/context/jobs/inngest.ts";
import { createJobSource } from "../../shim/context/jobs/job.ts";
import { runsNodeTests } from "../../shim/context/tests/nodeTest.ts";
import { createTestSource } from "../../shim/context/tests/runningTest.ts";

describe("the source of a job", () => {
  const sourceOfJob = createJobSource();

  it.each([
    [{ name: "SEND_DIGEST" }, "background_job:SEND_DIGEST"],
    [{ name: "send digest — täglich 📬" }, "background_job:send digest — täglich 📬"],
    [{ name: "", otherwise: [undefined, "mail"] }, "background_job:mail"],
    [{ name: 7, otherwise: [null, "*/5 * * * *"] }, "background_job:*/5 * * * *"],
    [{ name: "two\nlines\u001b[31m" }, "background_job:two lines [31m"],
    [{ name: "\u202ereversed" }, "background_job:reversed"],
    [{ name: "half \ud83d" }, "background_job:half \ufffd"],
  ])("%j → %s", (names, source) => {
    expect(sourceOfJob(names)).toEqual({ source, sourceKind: "job" });
  });

  it("is none where nothing names it", () => {
    expect(sourceOfJob({ name: "\n \t", otherwise: [{}, null] })).toBeNull();
  });

  it("is short, whatever it is called", () => {
    expect(sourceOfJob({ name: "x".repeat(1_000_000) })?.source).toHaveLength(200);
  });

  it("becomes the queue's where each job has a name of its own", () => {
    const sourceOfMany = createJobSource();
    const sources = new Set(
      Array.from(
        { length: 5_000 },
        (_, n) => sourceOfMany({ name: `mail ${n}`, otherwise: ["mail"] })?.source,
      ),
    );
    expect(sources.size).toBe(201);
    expect(sources).toContain("background_job:mail");
    expect(sourceOfMany({ name: "mail 0", otherwise: ["mail"] })?.source).toBe("background_job:mail 0");
    expect(sourceOfMany({ name: "mail 9999" })?.source).toBe("background_job:(many)");
  });
});

describe("the source of a test", () => {
  const sourceOfTest = createTestSource((file) => file.replace("/app/", ""));

  it("is its file and its names, outermost first", () => {
    const names = ["chat", "answers\nin time", "", undefined];
    expect(sourceOfTest({ file: "/app/chat.test.ts", names })).toEqual({
      source: "test:chat.test.ts > chat > answers in time",
      sourceKind: "test",
    });
    expect(sourceOfTest({ file: "file:///app/chat.test.ts", names: [] })?.source).toBe("test:chat.test.ts");
    expect(sourceOfTest({ file: undefined, names })).toBeNull();
  });

  it("becomes the file's where a file makes up its tests", () => {
    const sources = new Set(
      Array.from({ length: 5_000 }, (_, n) => sourceOfTest({ file: "/app/many.ts", names: [n + 1, `${n}`] })),
    );
    const texts = new Set([...sources].map((source) => source?.source));
    expect(texts.size).toBeLessThanOrEqual(2_001);
    expect(texts).toContain("test:many.ts");
  });
});

it("explicit, job, route, test, process, script: each takes the place of those behind it", () => {
  const attribution = createAttribution();
  const script = namedSource("script:app.mjs");
  const current = () => sourceOf(attribution.current(), { declared: null, script: () => script })?.source;
  const within = <Result>(source: string, fn: () => Result) => attribution.withJob(namedSource(source), fn);
  expect(current()).toBe("script:app.mjs");
  attribution.withTest(namedSource("test:a > b"), () => {
    expect(current()).toBe("test:a > b");
    attribution.withAttributes({ feature: "the test's" }, () => {
      within("background_job:SEND", () => {
        expect(current()).toBe("background_job:SEND");
        expect(attribution.current().feature).toBeNull();
        attribution.withSource(namedSource("mine"), () => expect(current()).toBe("mine"));
        attribution.withSource(namedSource("action:x"), () => expect(current()).toBe("background_job:SEND"), {
          onlyIfUnset: true,
        });
      });
      expect(current()).toBe("test:a > b");
    });
  });
});

describe("Inngest's requests", () => {
  it.each([
    ["/api/inngest?fnId=app-send&stepId=step", "app-send"],
    ["/x?stepId=step&fnId=app%20send", "app send"],
    ["/api/inngest?fnId=app-send", null],
    ["/api/inngest?xfnId=app-send&stepId=step", null],
    ["/fnId=a/stepId=b", null],
    ["/api/inngest?fnId=%E0%A4%A&stepId=step", "\ufffd%A"],
  ])("%s → %s", (url, id) => {
    expect(inngestFunction(url)).toBe(id);
  });
});

describe("tests of Node's own runner are looked for", () => {
  it.each([
    [{ NODE_TEST_CONTEXT: "child-v8" }, [], "/app/any.js", true],
    [{}, ["--test"], undefined, true],
    [{}, [], "/app/chat.test.mjs", true],
    [{}, [], "/app/test/chat.ts", true],
    [{}, [], "/app/test-chat.cjs", true],
    [{}, [], "/app/latest.js", false],
    [{}, [], "/app/server.js", false],
    [{}, [], "/app/node_modules/x/test/run.js", false],
    [{}, [], undefined, false],
  ])("%j %j %s: %s", (env, flags, entry, expected) => {
    expect(runsNodeTests(env, flags, entry)).toBe(expected);
  });
});
