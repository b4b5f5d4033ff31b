/**
 * Runs somebody else's test suite without Taximeter and with it, and compares how each of its tests ended:
 *
 *   node test/transparency/compare.ts --suite undici --from CHECKOUT [--shim dist/register.cjs] [--only TEXT]
 *
 * The checkout has its dependencies installed; every exchange with this machine counts as one with an AI provider. The exit
 * code is 1 where a test ended differently, or where the shim saw nothing and so nothing was tested. A test that ends
 * differently from run to run by itself is listed, and is no difference.
 */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { startCollectingDaemon } from "../shim/lib/collectingDaemon.ts";
import { startAnsweringServer } from "./answeringServer.ts";
import { runSuite } from "./runSuite.ts";
import { type Outcome, suites } from "./suites.ts";

/** How often files are run again in which a test ended differently. */
const RETRIES = 3;

const { values } = parseArgs({
  options: {
    suite: { type: "string", default: "" },
    from: { type: "string", default: "" },
    shim: { type: "string", default: join(import.meta.dirname, "..", "..", "dist", "register.cjs") },
    only: { type: "string", default: "" },
  },
});
const suite = suites[values.suite];
if (suite === undefined || values.from === "") {
  console.error(`--suite is one of ${Object.keys(suites).join(", ")}; --from is its checkout`);
  process.exit(2);
}

const checkout = resolve(values.from);
const files = (await suite.files(checkout)).filter((file) => file.includes(values.only));
const folder = await mkdtemp(join(tmpdir(), "taximeter-transparency-"));
const daemon = await startCollectingDaemon(folder);
const answering = await startAnsweringServer();
const witness = join(folder, "witness");
const seen = { without: 0, with: 0 };

async function outcomesOf(
  manner: "without" | "with",
  some: readonly string[],
): Promise<Map<string, Outcome>> {
  await writeFile(witness, "");
  const outcomes = await runSuite({
    suite: suite ?? missing(),
    checkout,
    files: some,
    home: folder,
    answering: answering.url,
    witness,
    shim: manner === "with" ? resolve(values.shim) : null,
  });
  const counts = (await readFile(witness, "utf8")).trim().split("\n");
  seen[manner] += counts.reduce((sum, count) => sum + Number(count), 0);
  return outcomes;
}

const without = await outcomesOf("without", files);
const with_ = await outcomesOf("with", files);
/** All outcomes that a test was seen to have in either manner, for those that differed. */
const suspects = new Map<string, { file: string; without: Set<string>; with: Set<string> }>();
for (const key of new Set([...without.keys(), ...with_.keys()])) {
  const pair = { without: without.get(key)?.outcome ?? "absent", with: with_.get(key)?.outcome ?? "absent" };
  if (pair.without === pair.with) continue;
  const file = (without.get(key) ?? with_.get(key))?.file ?? "";
  suspects.set(key, { file, without: new Set([pair.without]), with: new Set([pair.with]) });
}
const differing = () =>
  [...suspects].filter(([, each]) => [...each.with].every((outcome) => !each.without.has(outcome)));
for (let retry = 0; retry < RETRIES && differing().length > 0; retry += 1) {
  const again = [...new Set(differing().map(([, { file }]) => file))];
  for (const manner of ["with", "without"] as const) {
    const outcomes = await outcomesOf(manner, again);
    for (const [key, each] of suspects) {
      if (again.includes(each.file)) each[manner].add(outcomes.get(key)?.outcome ?? "absent");
    }
  }
}
await daemon.close();
answering.close();
await rm(folder, { recursive: true, force: true });

const count = (outcomes: Map<string, Outcome>, outcome: string) =>
  [...outcomes.values()].filter((each) => each.outcome === outcome).length;
const sum = (outcomes: Map<string, Outcome>) =>
  `${outcomes.size} tests, ${count(outcomes, "passed")} passed, ${count(outcomes, "failed")} failed`;
const differences = differing();
console.log(`${suite.title}: ${files.length} files, Node ${process.versions.node}`);
console.log(`  without Taximeter: ${sum(without)}`);
console.log(`  with Taximeter:    ${sum(with_)}; it looked at ${seen.with} exchanges`);
for (const [key, each] of suspects) {
  const kind = differences.some(([different]) => different === key) ? "DIFFERENT" : "unsteady by itself";
  console.log(`  ${kind}: ${key}: ${[...each.without].join("/")} → ${[...each.with].join("/")}`);
}
console.log(`  ${differences.length} differences`);
if (seen.with === 0) console.log("  The shim saw nothing: this proves nothing.");
process.exitCode = differences.length === 0 && seen.with > 0 && without.size > 0 ? 0 : 1;

function missing(): never {
  throw new Error("no such suite");
}
