import { join } from "node:path";
import { beforeAll, describe, it } from "vitest";
import { ensureNode20, ensurePackages } from "../../scripts/lib/provision.mjs";
import { type Belonging, expectNoOthersRoute } from "./routes/askedServer.ts";
import { inFolderOf, patterned } from "./routes/servers.ts";

const fixture = join(import.meta.dirname, "routes", "queues");

/** Queues as apps have them: see `queues/queues.mjs`. What they are given is called by whatever call ended before. */
const queues: Record<string, Belonging> = {
  none: "all",
  "p-queue": "all",
  "p-queue, so many in a time": "all",
  "Bottleneck's schedule": "all",
  "Bottleneck's submit": "all",
  "Bottleneck's wrap": "all",
  "async's queue": "all",
  "async's queue of callbacks": "all",
  "async's priority queue": "all",
  "async's cargo": "few",
  "fastq's promise": "all",
  "cockatiel's bulkhead": "all",
  queue: "all",
  // These keep the context by themselves.
  "p-limit": "most",
  "p-throttle": "most",
  "async-sema": "most",
  "async-mutex": "most",
  "generic-pool": "most",
  limiter: "most",
  opossum: "most",
  dataloader: "most",
  // Of these nothing is known.
  "fastq's callbacks": "few, and now and then another's",
  "rxjs' mergeMap": "few, and now and then another's",
  "better-queue": "few, and now and then another's",
};
const onNode20 = ["Bottleneck's schedule", "async's queue", "fastq's promise"];

let modules: string;
let node20: string;
beforeAll(async () => {
  modules = await ensurePackages(fixture);
  node20 = await ensureNode20();
});

describe("two hundred requests at once, of four routes, whose AI calls go through one queue", () => {
  const expectBelonging = (node: string, name: string, belonging: Belonging) =>
    inFolderOf(fixture, modules, (cwd) =>
      expectNoOthersRoute(
        { node, args: ["server.mjs"], cwd, routes: patterned, latencyMs: 20, env: { QUEUE: name } },
        belonging,
      ),
    );

  for (const [name, belonging] of Object.entries(queues)) {
    it(name, () => expectBelonging(process.execPath, name, belonging));
  }
  for (const name of onNode20) it(`${name}, Node 20`, () => expectBelonging(node20, name, "all"));
});

it("calls in one go, before the answer and after it, each belong to their request", () =>
  inFolderOf(fixture, modules, (cwd) => {
    const [chat, teams, , agents] = patterned;
    const routes = [chat, teams, agents];
    return expectNoOthersRoute(
      { node: process.execPath, args: ["background.mjs"], cwd, routes, latencyMs: 20 },
      "all",
      5,
    );
  }));
