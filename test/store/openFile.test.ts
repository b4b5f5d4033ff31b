import { copyFileSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { connect, type Database } from "../../daemon/store/database.ts";
import { type Migration, migrations } from "../../daemon/store/migrations.ts";
import { openFile } from "../../daemon/store/openFile.ts";
import { putAside } from "../../daemon/store/putAside.ts";
import { StoreTooNewError, StoreUnavailableError } from "../../daemon/store/store.ts";
import { openStore } from "../../daemon/store/workerStore.ts";
import { makeStoredCall } from "../builders.ts";
import { recomputedRollups, storedRollups } from "./storedRollups.ts";
import { workerUrl } from "./storeWorker.ts";
import { makeFolder, makeStore, over } from "./testStore.ts";

function open(file: string, ladder: readonly Migration[] = migrations): Database {
  const database = openFile({ file, suspect: false, ladder });
  onTestFinished(() => database.close());
  return database;
}

describe("the ladder", () => {
  const first: Migration = {
    version: 1,
    name: "first",
    apply: (database) => database.exec("CREATE TABLE notes (text TEXT); INSERT INTO notes VALUES ('kept')"),
  };
  const second: Migration = {
    version: 2,
    name: "second",
    apply: (database) => database.exec("ALTER TABLE notes ADD COLUMN size INTEGER DEFAULT 4"),
  };
  const broken: Migration = {
    version: 3,
    name: "broken",
    apply: (database) => database.exec("DELETE FROM notes; INSERT INTO nowhere VALUES (1)"),
  };

  it("is climbed from any step, each once, with a copy made before", () => {
    const file = join(makeFolder(), "taximeter.db");
    open(file, [first]).close();
    expect(readdirSync(dirname(file)).join()).not.toContain("before");
    open(file, [first, second]).close();
    expect(open(file, [first, second]).all("SELECT * FROM notes")).toEqual([{ text: "kept", size: 4 }]);
    const copy = connect(`${file}.before-schema-2`, 0);
    expect(copy.all("SELECT * FROM notes")).toEqual([{ text: "kept" }]);
    copy.close();
  });

  it("leaves the store as it was where a step fails", () => {
    const file = join(makeFolder(), "taximeter.db");
    open(file, [first, second]).close();
    expect(() => open(file, [first, second, broken])).toThrow(/nowhere/);
    expect(open(file, [first, second]).all("SELECT text FROM notes")).toEqual([{ text: "kept" }]);
  });

  it("brings a store of the oldest schema to the newest, with the calls in it", async () => {
    const file = join(makeFolder(), "taximeter.db");
    const oldest = open(file, migrations.slice(0, 1));
    oldest.exec(`
      INSERT INTO dimensions VALUES (1, 'openai', 'chat', 'gpt-4o-mini', '/api/chat', 'route', '', 'dev', '', '', 'a.ts:3');
      INSERT INTO calls (call_id, dimension_id, attempt, started_at_ms, status, retry_count, provider, response_is_identity,
        stream, cost_nano_usd, cost_status, schema_version) VALUES ('old', 1, 1, 1000, 'ok', 0, 'openai', 0, 0, 7, 'computed', 1);
      INSERT INTO rollups VALUES (0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 0, '');
    `);
    oldest.close();
    const store = await makeStore({ file });
    const before = await store.calls(over({ order: "asc" }));
    expect(before.calls).toMatchObject([
      { callId: "old", costUsd: "0.000000007", source: "/api/chat", requestBytes: null, responseBytes: null },
    ]);
    await store.putCalls([makeStoredCall({ callId: "new", requestBytes: 120, responseBytes: 3_456 })]);
    const { calls } = await store.calls(over({ order: "asc" }));
    expect(calls).toMatchObject([{ callId: "old" }, { requestBytes: 120, responseBytes: 3_456 }]);
    expect((await store.spend(over({ groupBy: ["source"] }))).total.calls).toBe(2);
  });

  it("numbers its steps from 1, one by one", () => {
    expect(migrations.map(({ version }) => version)).toEqual(migrations.map((_, index) => index + 1));
  });

  it("counts the times to the first token of calls that were there before it did", async () => {
    const file = join(makeFolder(), "taximeter.db");
    const before = open(
      file,
      migrations.filter(({ version }) => version < 6),
    );
    const call = (id: number, status: string, firstTokenMs: number | null) =>
      `(${id}, 'c${id}', 1, 1, ${id * 1000}, '${status}', 0, 'openai', 0, 1, ${firstTokenMs}, 'computed', 1)`;
    before.exec(`
      INSERT INTO dimensions VALUES (1, 'openai', 'chat', 'gpt-4o-mini', '/api/chat', 'route', '', 'dev', '', '', '', 0);
      INSERT INTO calls (id, call_id, dimension_id, attempt, started_at_ms, status, retry_count, provider,
        response_is_identity, stream, time_to_first_token_ms, cost_status, schema_version) VALUES
        ${[call(1, "ok", 0.4), call(2, "ok", 300), call(3, "error", 300.4), call(4, "pending", 7), call(5, "ok", null), call(6, "ok", 9e12)].join(", ")};
      INSERT INTO rollups VALUES (0, 1, 6, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '');
    `);
    before.close();
    const after = open(file);
    expect(storedRollups(after)).toEqual(recomputedRollups(after));
    expect(storedRollups(after)[0]?.["first_token"]).toMatch(/^0:1;\d+:2;\d+:1;$/);
    after.close();
  });

  it("refuses a store that a newer Taximeter wrote, in one line, and leaves it alone", async () => {
    const file = join(makeFolder(), "taximeter.db");
    const newer = connect(file, 0);
    newer.exec("CREATE TABLE from_the_future (a); PRAGMA user_version = 999");
    newer.close();
    const opening = openStore({ file, workerUrl });
    await expect(opening).rejects.toThrow(StoreTooNewError);
    await expect(opening).rejects.toThrow(
      /^The database .* was written by a newer Taximeter \(schema 999; .*\)\. .*$/,
    );
    const left = connect(file, 0);
    expect(left.all("SELECT * FROM from_the_future")).toEqual([]);
    left.close();
  });
});

describe("a damaged file", () => {
  it("that is no database is put aside, with a warning", async () => {
    const file = join(makeFolder(), "taximeter.db");
    writeFileSync(file, "this is no database ".repeat(500));
    const warnings: string[] = [];
    const store = await makeStore({ file, onWarning: (warning) => warnings.push(warning) });
    await store.putCalls([makeStoredCall()]);
    await store.close();
    const aside = readdirSync(dirname(file)).filter((name) => name.includes("corrupt"));
    expect(aside).toEqual([expect.stringMatching(/^taximeter\.db\.corrupt-\d{8}T\d{6}Z$/)]);
    expect(warnings).toEqual([expect.stringContaining(aside[0] ?? "?")]);
    expect(readdirSync(dirname(file)).sort()).toEqual(["taximeter.db", ...aside]);
  });

  it("is never put aside under a name that is taken", () => {
    const file = join(makeFolder(), "taximeter.db");
    const names = [1, 2].map((text) => {
      writeFileSync(file, String(text));
      writeFileSync(`${file}-wal`, "log");
      return putAside(file, new Date("2026-11-21T10:00:00.000Z"));
    });
    expect(names).toEqual([`${file}.corrupt-20261121T100000Z`, `${file}.corrupt-20261121T100000Z-2`]);
    expect(readdirSync(dirname(file))).toHaveLength(4);
  });

  it("with torn pages is found at opening", async () => {
    const file = join(makeFolder(), "taximeter.db");
    const store = await makeStore({ file });
    await store.putCalls(Array.from({ length: 500 }, () => makeStoredCall()));
    await store.close();
    const { open: openHandle } = await import("node:fs/promises");
    const handle = await openHandle(file, "r+");
    const { size } = await handle.stat();
    await handle.write(Buffer.alloc(Math.floor(size / 2), 0xab), 0, undefined, 4096 * 3);
    await handle.close();

    const warnings: string[] = [];
    const again = await makeStore({ file, onWarning: (warning) => warnings.push(warning) });
    expect(warnings).toEqual([expect.stringMatching(/damaged .* put aside as .*\.corrupt-\d{8}T\d{6}Z/)]);
    expect((await again.spend(over({}))).total.calls).toBe(0);
    await again.putCalls([makeStoredCall()]);
  });
});

describe("a file that cannot be had", () => {
  it("says so in one line", async () => {
    const folder = makeFolder();
    mkdirSync(join(folder, "is-a-folder.db"));
    for (const file of [join(folder, "is-a-folder.db"), join(folder, "no-such-folder", "taximeter.db")]) {
      const opening = openStore({ file, workerUrl });
      await expect(opening).rejects.toThrow(StoreUnavailableError);
      await expect(opening).rejects.toThrow(/^The database .* can't be opened: .*\.$/);
    }
  });

  it("locked by another process: rejects, and recovers", { timeout: 30_000 }, async () => {
    const store = await makeStore();
    await store.putCalls([makeStoredCall()]);
    const stranger = connect(store.file, 0);
    onTestFinished(() => stranger.close());
    stranger.exec("BEGIN IMMEDIATE");
    const [call, other] = [makeStoredCall(), makeStoredCall()];
    const blocked = store.putCalls([call]);
    const behind = store.spend(over({}));
    await expect(blocked).rejects.toThrow(/locked by another process/);
    // What waited behind it is answered, or rejected as well; it never hangs.
    expect((await Promise.allSettled([behind]))[0]?.status).toMatch(/fulfilled|rejected/);
    stranger.exec("COMMIT");
    expect(await store.putCalls([call, other])).toMatchObject([
      { outcome: "accepted" },
      { outcome: "accepted" },
    ]);
    expect((await store.spend(over({}))).total.calls).toBe(3);
  });

  it("a full disk: rejects in words, keeps what was stored, and recovers", async () => {
    const store = await makeStore();
    await store.putCalls([makeStoredCall()]);
    await store.close();
    const copy = join(makeFolder(), "taximeter.db");
    copyFileSync(store.file, copy);
    const database = open(copy);
    const { failureOf } = await import("../../daemon/store/failure.ts");
    const { createLocalStore } = await import("../../daemon/store/localStore.ts");
    const local = createLocalStore(database, copy);
    const pages = database.first<{ page_count: number }>("PRAGMA page_count")?.page_count ?? 0;
    database.all(`PRAGMA max_page_count = ${pages}`);
    const calls = Array.from({ length: 500 }, () => makeStoredCall());
    let error: unknown;
    try {
      local.putCalls(calls);
    } catch (thrown) {
      error = thrown;
    }
    expect(failureOf(error, copy)).toEqual({
      kind: "unavailable",
      message: `The disk of ${copy} is full.`,
    });
    local.close();

    const again = await makeStore({ file: copy });
    expect((await again.spend(over({}))).total.calls).toBe(1);
    await again.putCalls(calls);
    expect((await again.spend(over({}))).total.calls).toBe(501);
  });
});
