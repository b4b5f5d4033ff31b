import { beforeAll, describe, expect, it } from "vitest";
import { storedCall } from "../daemon/ingest/storedCall.ts";
import { createPricer, type Pricer } from "../daemon/pricing/pricer.ts";
import { repricedCall } from "../daemon/repricing/repricedCall.ts";
import { normaliseCall } from "../daemon/store/normaliseCall.ts";
import { type Interpretation, interpret } from "../daemon/usage/interpret.ts";
import type { CallReport } from "../shared/call.ts";
import { endpointRule, providerOfHost } from "../shared/providers.ts";
import { headersOf, wireFormats } from "../shared/wireFormats.ts";
import { createUsageReader } from "../shim/extract/usageReader.ts";
import { makeCallId } from "./builders.ts";
import {
  expectedCompletion,
  expectedDeclaredCost,
  expectedRow,
  noRecordings,
  type RecordedExchange,
  readRecordedExchanges,
} from "./recordedExchanges.ts";
import { seededRandom } from "./seededRandom.ts";

const exchanges = readRecordedExchanges();
if (exchanges === null) console.warn(`skipped: ${noRecordings}`);

/** What the shim would report: its own extraction over the body, cut at random places. */
function reportOf(exchange: RecordedExchange, random: () => number): CallReport {
  const provider = providerOfHost(exchange.host);
  const path = exchange.path.split("?")[0] ?? "";
  const rule = provider && endpointRule(provider.name, exchange.method, path);
  const format = rule?.format ?? "any";
  const reader = createUsageReader(format);
  for (const piece of pieces(Buffer.from(exchange.response.body), random)) reader.write(piece);
  const reading = reader.end();
  const headers =
    format === "any" ? undefined : headersOf(wireFormats[format], (name) => exchange.response.headers[name]);
  const rawUsage = headers === undefined ? reading.rawUsage : { ...reading.rawUsage, headers };
  const model = exchange.request?.["model"];
  return {
    callId: makeCallId(),
    startedAt: "2026-11-20T10:00:00.000Z",
    status: exchange.response.status < 400 && reading.errorType === undefined ? "ok" : "error",
    httpStatus: exchange.response.status,
    endpoint: { host: exchange.host, path, method: exchange.method },
    ...(typeof model === "string" ? { requestModel: model } : {}),
    ...(rawUsage === undefined ? {} : { rawUsage }),
  };
}

function* pieces(bytes: Buffer, random: () => number) {
  for (let at = 0; at < bytes.length; ) {
    const length = 1 + Math.floor(random() ** 3 * 4_000);
    yield bytes.subarray(at, at + length);
    at += length;
  }
}

describe.skipIf(exchanges === null)(
  "recorded exchanges, as the shim reads and the daemon understands them",
  () => {
    const random = seededRandom(7);
    const counts = new Map<string, number>();
    /** Of each model without a full price how many calls there are, and why. */
    const withoutPrice = new Map<string, number>();
    const count = (map: Map<string, number>, name: string) => map.set(name, (map.get(name) ?? 0) + 1);
    let pricer: Pricer;
    beforeAll(async () => {
      pricer = await createPricer({ overridesFile: null, now: () => Date.parse("2026-11-20T12:00:00Z") });
    });

    it.each((exchanges ?? []).map((exchange) => [exchange.id, exchange] as const))("%s", (_, exchange) => {
      const expected = expectedRow(exchange);
      const completion = expectedCompletion(exchange);
      for (let round = 0; round < 3; round += 1) {
        const report = reportOf(exchange, random);
        const meaning = interpret(report);
        if (expected !== null) {
          const { status, ...facts } = expected;
          expect(meaning).toMatchObject({ effect: "creates", ...facts });
          expect("usage" in meaning && meaning.usage).toEqual(expected.usage);
          expect("unfinished" in meaning && meaning.unfinished).toBe(status === "pending");
          expect(report.status).toBe(status === "pending" ? "ok" : status);
          if (!("ignored" in meaning) && round === 0) {
            price(exchange, report, meaning);
            const stored = normaliseCall(storedCall(report, meaning, pricer, "dev"));
            expect(repricedCall(stored, pricer), "what was just priced is priced so again").toBeNull();
          }
        } else if (completion !== null) {
          expect(meaning).toMatchObject({ effect: "completes", ...completion });
        } else {
          expect(meaning).toHaveProperty("ignored");
        }
      }
      const kind = expected ? `a row, ${expected.status}` : completion ? "completes a row" : "no row";
      count(counts, `${exchange.host}: ${kind}`);
    });

    /** Declared costs are taken to the nano-dollar; whatever else has no full price is listed with the reason. */
    function price(exchange: RecordedExchange, report: CallReport, meaning: Interpretation) {
      const cost = pricer.price({
        ...meaning,
        endpoint: report.endpoint ?? null,
        workspace: null,
        rawUsage: report.rawUsage ?? null,
        startedAtMs: Date.parse(report.startedAt),
        status: meaning.unfinished ? "pending" : report.status,
        httpStatus: exchange.response.status,
      });
      const declared = expectedDeclaredCost(exchange);
      if (declared !== null) {
        expect(cost).toMatchObject({ costStatus: "declared", costNanoUsd: Math.round(declared * 1e9) });
      } else {
        expect(cost.costStatus).not.toBe("declared");
      }
      expect(cost.costNanoUsd === null).toBe(cost.costStatus === "unpriced");
      if (cost.costStatus !== "unpriced" && cost.costStatus !== "incomplete") return;
      const { provider, requestModel, responseModel, usage } = meaning;
      const reason =
        cost.costStatus === "incomplete"
          ? "a part has no price"
          : cost.priceKey === null
            ? "the catalogue does not list it"
            : Object.keys(usage).length === 0
              ? "no usage was reported"
              : "beyond belief";
      count(withoutPrice, `${cost.costStatus}  ${provider}:${responseModel ?? requestModel}  ${reason}`);
    }

    it("counts", () => {
      const lines = (map: Map<string, number>) =>
        [...map].sort().map(([name, number]) => `${String(number).padStart(4)}  ${name}`);
      console.log([...lines(counts), "", "without a full price:", ...lines(withoutPrice)].join("\n"));
      expect([...counts.values()].reduce((sum, number) => sum + number, 0)).toBe(exchanges?.length);
    });
  },
);
