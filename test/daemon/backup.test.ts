import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "libsql";
import { expect, test } from "vitest";
import { makeReport } from "../builders.ts";
import { makeFolder } from "../store/testStore.ts";
import { makeApp } from "./testApp.ts";

test("a backup is a whole copy in a new file; nothing that is there is touched", async () => {
  const { json } = await makeApp();
  await json("POST", "/v1/calls", { body: [makeReport(), makeReport()] });
  const file = join(makeFolder(), "copy.db");
  const copy = await json("POST", "/v1/backups", { body: { file } });
  expect(copy.file).toBe(file);
  expect(copy.bytes).toBeGreaterThan(10_000);
  const database = new Database(file);
  expect(database.prepare("SELECT count(*) AS calls FROM calls").get()).toMatchObject({ calls: 2 });
  database.close();

  expect(await json("POST", "/v1/backups", { body: { file }, status: 400 })).toMatchObject({ field: "file" });
  const taken = join(makeFolder(), "taken");
  writeFileSync(taken, "");
  for (const wrong of ["copy.db", taken, join(taken, "within.db"), "/no/such/folder/copy.db"]) {
    const refusal = await json("POST", "/v1/backups", { body: { file: wrong }, status: 400 });
    expect(refusal.field, wrong).toBe("file");
    expect(existsSync("copy.db")).toBe(false);
  }
  expect((await json("GET", "/v1/spend")).total.calls).toBe(2);
});
