import fc from "fast-check";
import { expect, it } from "vitest";
import { SCHEMA_VERSION } from "../../shared/call.ts";
import { createReportWriter, type Surroundings } from "../../shim/meter/reportLine.ts";
import { makeReport } from "../builders.ts";

const site = { file: "src/reply.ts", line: 12, function: "reply" };
const git = { gitBranch: "main", gitCommit: "c0ffee" };
const labels = { feature: null, conversationId: null, messageId: null, attributes: {} };

/** Of each kind the object that the last call had, one that says the same, and one that says something else. */
const surroundings: fc.Arbitrary<Surroundings> = fc.record({
  source: fc.constantFrom(
    null,
    { source: "/api/chat", sourceKind: "route" },
    { source: "job", sourceKind: "job" },
  ),
  labels: fc.constantFrom(
    labels,
    { ...labels },
    { ...labels, feature: "summary" },
    { ...labels, conversationId: "c", messageId: "m" },
    { ...labels, attributes: { lead: "1" } },
  ),
  place: fc.constantFrom(
    { callSite: null },
    { callSite: site },
    { callSite: { ...site, line: 13 } },
    { callSite: site, callStack: [{ file: "dist/reply.js", line: 1, column: 2, function: "reply" }] },
    { callSite: site, callStack: [{ file: "dist/reply.js", line: 1, column: 9, function: "reply" }] },
  ),
  workspace: fc.constantFrom(null, "/shop"),
  git: fc.constantFrom(git, { ...git, gitBranch: "other" }),
});

it("a line says what its call and its surroundings say, whatever the line before it said", () => {
  fc.assert(
    fc.property(fc.array(surroundings, { maxLength: 12 }), (calls) => {
      const write = createReportWriter(() => "run");
      for (const [index, around] of calls.entries()) {
        const facts = makeReport({ callId: `call ${index}`, durationMs: index });
        const { source, labels, place, workspace, git } = around;
        expect(JSON.parse(write(facts, around))).toEqual({
          ...facts,
          source: source?.source ?? null,
          sourceKind: source?.sourceKind ?? null,
          ...labels,
          ...place,
          workspace,
          ...git,
          runId: "run",
          schemaVersion: SCHEMA_VERSION,
        });
      }
    }),
  );
});
