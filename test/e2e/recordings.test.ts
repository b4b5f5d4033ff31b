import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DaemonConnection } from "../../daemon/client/daemonConnection.ts";
import type { Call } from "../../shared/call.ts";
import {
  type ExpectedRow,
  expectedCompletion,
  expectedRow,
  isStream,
  noRecordings,
  type RecordedExchange,
  readRecordedExchanges,
  recordedHosts,
} from "../recordedExchanges.ts";
import { seededRandom } from "../seededRandom.ts";
import { builtFile, endDaemon, startDaemon } from "./lib/daemon.ts";
import { eventually, startProcess } from "./lib/processes.ts";
import { EXCHANGE_HEADER, encodings, type ReplayServer, startReplayServer } from "./replay/server.ts";

const exchanges = readRecordedExchanges();
if (exchanges === null) console.warn(`skipped: ${noRecordings}`);

/** Each exchange by the label that its calls bear. */
const labelled = new Map((exchanges ?? []).map((exchange, index) => [`exchange-${index}`, exchange]));

/** The row of each label when everything has been replayed: background responses have been read to their end. */
function expectedRows(): Map<string, ExpectedRow | null> {
  const completions = [...labelled.values()].map(expectedCompletion).filter((each) => each !== null);
  return new Map(
    [...labelled].map(([label, exchange]) => {
      const row = expectedRow(exchange);
      const completion = completions.find(({ responseId }) => responseId === row?.responseId);
      if (row === null || completion === undefined) return [label, row];
      return [label, { ...row, status: "ok", usage: completion.usage }];
    }),
  );
}

describe.skipIf(exchanges === null).each(encodings)(
  "recorded exchanges replayed to a metered app, %s",
  (encoding) => {
    const random = seededRandom(encoding.length);
    const servers: ReplayServer[] = [];
    let home: string;
    let daemon: DaemonConnection;
    let answers: { label: string; status: number; kind: "json" | "text"; digest: string }[];
    let calls: Call[];

    beforeAll(async () => {
      home = await mkdtemp(join(tmpdir(), "taximeter-recordings-"));
      daemon = await startDaemon(home);
      await daemon.request("status", {});

      const lanes = [];
      const mappings = [];
      for (const [host, provider] of Object.entries(recordedHosts)) {
        const server = await startReplayServer(labelled, encoding, random);
        servers.push(server);
        mappings.push(`${server.host}=${provider}`);
        lanes.push(
          [...labelled]
            .filter(([, exchange]) => exchange.host === host)
            .map((entry) => step(server.host, ...entry)),
        );
      }
      const plan = join(home, "plan.json");
      await writeFile(plan, JSON.stringify({ shim: builtFile("shim.mjs"), lanes }));
      const client = fileURLToPath(new URL("replay/client.mjs", import.meta.url));
      const app = startProcess(process.execPath, ["--import", builtFile("register.mjs"), client, plan], {
        cwd: home,
        env: { ...process.env, TAXIMETER_HOME: home, TAXIMETER_PROVIDERS: mappings.join(",") },
      });
      expect(await app.exited, app.output()).toBe(0);
      answers = app
        .output()
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line));

      const expected = [...expectedRows().values()].filter((row) => row !== null).length;
      const unfinished = [...expectedRows().values()].filter((row) => row?.status === "pending").length;
      calls = await eventually("the calls are stored", async () => {
        const stored = await allCalls(daemon);
        const pending = stored.filter(({ status }) => status === "pending").length;
        return stored.length >= expected && pending === unfinished ? stored : undefined;
      });
    });

    afterAll(async () => {
      await Promise.all(servers.map((server) => server.close()));
      daemon?.dispose();
      await endDaemon(home);
      await rm(home, { recursive: true, force: true });
    });

    it("the app got every answer as it was recorded", () => {
      expect(answers).toHaveLength(labelled.size);
      for (const { label, status, kind, digest } of answers) {
        const { response } = exchangeOf(label);
        const text = kind === "json" ? JSON.stringify(JSON.parse(response.body)) : response.body;
        expect({ label, status, digest }).toEqual({ label, status: response.status, digest: sha256(text) });
      }
    });

    it("each billable exchange is one row with exact tokens, each other is none", () => {
      const counts = new Map<string, number>();
      for (const [label, expected] of expectedRows()) {
        const rows = calls.filter(({ attributes }) => attributes["exchange"] === label);
        const { id, host, path } = exchangeOf(label);
        const said = `${id} ${path}`;
        expect(rows, said).toHaveLength(expected === null ? 0 : 1);
        const [row] = rows;
        const kind = `${host}: ${expected === null ? "no row" : `a row, ${expected.status}`}`;
        counts.set(kind, (counts.get(kind) ?? 0) + 1);
        if (expected === null || row === undefined) continue;
        expect(row, said).toMatchObject(expected);
        expect(row.usage, said).toEqual(expected.usage);
      }
      const expectedCount = [...expectedRows().values()].filter((row) => row !== null).length;
      expect(calls).toHaveLength(expectedCount);
      console.log(
        [...counts]
          .sort()
          .map(([kind, count]) => `${String(count).padStart(4)}  ${kind}`)
          .join("\n"),
      );
    });

    it("what was used has a cost, or says why not", () => {
      const byStatus = new Map<string, number>();
      for (const call of calls) {
        byStatus.set(call.costStatus, (byStatus.get(call.costStatus) ?? 0) + 1);
        if (call.status === "error" && call.httpStatus !== 200) {
          expect(call).toMatchObject({ costUsd: "0", costStatus: "computed" });
        } else if (call.costUsd === null) {
          expect(call.costStatus).toBe("unpriced");
          // Without a price the model has none, or nothing was reported to be priced.
          expect(call.priceKey === null || Object.keys(call.usage).length === 0).toBe(true);
        } else {
          const isUsed = Object.entries(call.usage).some(([unit, used]) => unit !== "characters" && used > 0);
          expect(Number(call.costUsd) > 0).toBe(isUsed);
          expect(["computed", "incomplete", "declared"]).toContain(call.costStatus);
        }
      }
      console.log(byStatus);
    });
  },
);

function step(host: string, label: string, exchange: RecordedExchange) {
  const reads = isStream(exchange)
    ? ["iterate", "getReader", "text"]
    : (exchange.response.headers["content-type"] ?? "").includes("json")
      ? ["json", "text", "arrayBuffer"]
      : ["text"];
  const hasBody = exchange.method === "POST";
  return {
    label,
    url: `http://${host}${exchange.path}`,
    method: exchange.method,
    headers: { [EXCHANGE_HEADER]: label, ...(hasBody ? { "content-type": "application/json" } : {}) },
    body: hasBody ? JSON.stringify(exchange.request ?? {}) : null,
    read: reads[Number(label.split("-")[1]) % reads.length],
  };
}

async function allCalls(daemon: DaemonConnection): Promise<Call[]> {
  const calls: Call[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = await daemon.request("calls", {
      query: { from: "all", limit: 100, ...(cursor === undefined ? {} : { cursor }) },
    });
    calls.push(...page.calls);
    if (page.nextCursor === null) return calls;
    cursor = page.nextCursor;
  }
}

function exchangeOf(label: string): RecordedExchange {
  const exchange = labelled.get(label);
  if (exchange === undefined) throw new Error(`no exchange is called ${label}`);
  return exchange;
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
