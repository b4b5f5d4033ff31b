import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { connect } from "../../daemon/store/database.ts";
import { openStore } from "../../daemon/store/workerStore.ts";
import { recomputedRollups, storedRollups } from "./storedRollups.ts";
import { workerUrl } from "./storeWorker.ts";
import { makeFolder } from "./testStore.ts";

const ROUNDS = Number(process.env["TAXIMETER_TEST_KILLS"] ?? 5);

const script = fileURLToPath(new URL("ingestUntilKilled.ts", import.meta.url));

/** Runs the script, kills it in the midst, and answers the ids it had acknowledged. */
async function ingestAndKill(file: string, afterMs: number): Promise<string[]> {
  const child = spawn(process.execPath, [script, file], { stdio: ["ignore", "pipe", "inherit"] });
  try {
    let printed = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      printed += text;
    });
    await Promise.race([once(child.stdout, "data"), once(child, "exit")]);
    await sleep(afterMs);
    child.kill("SIGKILL");
    await once(child, "close");
    // What follows the last line end was torn off.
    return printed.split("\n").slice(0, -1);
  } finally {
    child.kill("SIGKILL");
  }
}

it("keeps every acknowledged call once, and rollups equal to calls, however often it is killed", {
  timeout: 30_000 + ROUNDS * 10_000,
}, async () => {
  const file = join(makeFolder(), "taximeter.db");
  const acknowledged: string[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const ids = await ingestAndKill(file, 5 + ((round * 67) % 250));
    expect(ids.length).toBeGreaterThan(0);
    acknowledged.push(...ids);

    const warnings: string[] = [];
    const store = await openStore({ file, workerUrl, onWarning: (warning) => warnings.push(warning) });
    expect(warnings).toEqual([]);
    await store.close();

    const database = connect(file, 0);
    try {
      expect(database.all("PRAGMA integrity_check")).toEqual([{ integrity_check: "ok" }]);
      const stored = database.all<{ call_id: string; status: string }>("SELECT call_id, status FROM calls");
      const statuses = new Map(stored.map(({ call_id, status }) => [call_id, status]));
      expect(statuses.size).toBe(stored.length);
      expect(acknowledged.filter((id) => statuses.get(id) !== "ok")).toEqual([]);
      expect(storedRollups(database)).toEqual(recomputedRollups(database));
    } finally {
      database.close();
    }
  }
});
