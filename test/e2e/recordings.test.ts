import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Call } from "../../shared/call.ts";
import { type UsageUnit, usageUnits } from "../../shared/usage.ts";
import {
  type ExpectedRow,
  expectedCompletion,
  expectedRow,
  noRecordings,
  type RecordedExchange,
  readRecordedExchanges,
} from "../recordedExchanges.ts";
import { clients } from "./replay/clients.ts";
import { createReplayer, type Replayed, type Replayer } from "./replay/replay.ts";

const exchanges = readRecordedExchanges();
if (exchanges === null) console.warn(`skipped: ${noRecordings}`);

/** Each exchange by the label that its calls bear. */
const labelled = new Map((exchanges ?? []).map((exchange, index) => [`exchange-${index}`, exchange]));

/** The row of each label when everything has been replayed: background responses have been read to their end. */
const expectedRows = new Map<string, ExpectedRow | null>();
const completions = [...labelled.values()].map(expectedCompletion).filter((each) => each !== null);
for (const [label, exchange] of labelled) {
  const row = expectedRow(exchange);
  const completion = completions.find(({ responseId }) => responseId === row?.responseId);
  const isCompleted = row !== null && completion !== undefined;
  expectedRows.set(label, isCompleted ? { ...row, status: "ok", usage: completion.usage } : row);
}
const rows = [...expectedRows.values()].filter((row) => row !== null);
const outcome = { calls: rows.length, pending: rows.filter(({ status }) => status === "pending").length };

/**
 * In one run each exchange travels in one of the encodings that the client can read, the next exchange in the next.
 * `REPLAY_TURNS=6` repeats it until each has travelled in all of them: minutes instead of one.
 */
const turns = [...Array(Number(process.env["REPLAY_TURNS"] ?? 1)).keys()];
const runs = clients.flatMap((client, index) =>
  turns.map((turn) => ({ ...client, client, turn: index + turn })),
);

/** What each exchange cost when it was first read to its end, by label. */
const costs = new Map<string, string>();
let replayer: Replayer;

beforeAll(async () => {
  if (exchanges !== null) replayer = await createReplayer(labelled);
});
afterAll(() => replayer?.remove());

describe.skipIf(exchanges === null).each(runs)(
  "recorded exchanges replayed over TLS to the providers' own hosts: $name, Node $node, turn $turn",
  ({ client, turn }) => {
    let replayed: Replayed;
    beforeAll(async () => {
      replayed = await replayer.replay(client, turn, outcome);
    });

    it("the app got every answer as it was recorded, asking once", () => {
      expect(replayed.noise).toEqual([]);
      const got = replayed.answers.toSorted(byLabel);
      expect(got).toEqual([...labelled].map(([label]) => answerOf(label, got)).toSorted(byLabel));
      const { httpVersion } = client;
      const asked = [...labelled.keys()].map((label) => ({ label, httpVersion })).toSorted(byLabel);
      expect(replayed.answered.toSorted(byLabel)).toEqual(asked);
    });

    it("each billable exchange is one row with exact tokens, each other is none", () => {
      const halfRead = halfReadIn(replayed);
      const wrong = [...expectedRows].flatMap(([label, expected]) => {
        const { id, host, path } = exchangeOf(label);
        const calls = replayed.calls.filter(({ attributes }) => attributes["exchange"] === label);
        const got = calls.map(factsOf);
        const wanted = expected === null ? [] : [{ ...expected, requestModel: askedModel(label, calls) }];
        const isRight = isSame(got, wanted) || (halfRead.has(label) && isPartOf(got, wanted));
        return isRight ? [] : [{ label, id, url: host + path, wanted, got }];
      });
      expect(wrong).toEqual([]);
      expect(replayed.calls).toHaveLength(outcome.calls);
    });

    it("what was used has a cost, or says why not, whatever the client", () => {
      for (const call of replayed.calls) {
        if (call.status === "error" && call.httpStatus !== 200) {
          expect(call).toMatchObject({ costUsd: "0", costStatus: "computed" });
        } else if (call.costUsd === null) {
          expect(call.costStatus).toBe("unpriced");
          // Without a price the model has none, or nothing was reported to be priced.
          expect(reasonWithoutPrice(call)).not.toBe("beyond belief");
        } else {
          const isUsed = Object.entries(call.usage).some(([unit, used]) => unit !== "characters" && used > 0);
          expect(Number(call.costUsd) > 0).toBe(isUsed);
          const partly = call.status === "aborted" ? ["estimated"] : [];
          expect(["computed", "incomplete", "declared", ...partly]).toContain(call.costStatus);
        }
      }
      if (costs.size === 0) console.log(summary(replayed.calls));
      const halfRead = halfReadIn(replayed);
      const changed = replayed.calls.filter((call) => {
        const label = call.attributes["exchange"] ?? "";
        if (halfRead.has(label)) return false;
        const cost = `${call.costUsd} ${call.costStatus}`;
        if (!costs.has(label)) costs.set(label, cost);
        return costs.get(label) !== cost;
      });
      expect(changed).toEqual([]);
    });
  },
);

/** A compact table of what there is, and of what has no full price with the reason. */
function summary(calls: readonly Call[]): string {
  const counted = (names: readonly string[]) => {
    const counts = new Map<string, number>();
    for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
    return [...counts].sort().map(([name, count]) => `${String(count).padStart(4)}  ${name}`);
  };
  const kinds = [...expectedRows].map(
    ([label, row]) => `${exchangeOf(label).host}: ${row === null ? "no row" : `a row, ${row.status}`}`,
  );
  const unpriced = calls
    .filter(({ costStatus }) => costStatus === "unpriced" || costStatus === "incomplete")
    .map((call) => {
      const { costStatus, provider, operation, responseModel, requestModel } = call;
      const model = responseModel ?? requestModel;
      return `${costStatus.padEnd(10)}  ${provider}:${model} (${operation})  ${reasonWithoutPrice(call)}`;
    });
  return [...counted(kinds), "", "without a full price:", ...counted(unpriced)].join("\n");
}

function reasonWithoutPrice(call: Call): string {
  if (call.costStatus === "incomplete") return "a part has no price";
  if (call.priceKey === null) return "no price is known for the model";
  if (Object.keys(call.usage).length > 0) return "beyond belief";
  return call.status === "pending" ? "not finished" : "no usage was reported";
}

function factsOf({ provider, status, requestModel, responseModel, responseId, usage }: Call) {
  return { provider, status, requestModel, responseModel, responseId, usage };
}

/** The model that the request's body names; where it names none, an address may, and the row is taken at its word. */
function askedModel(label: string, calls: readonly Call[]): string | null {
  const model = exchangeOf(label).request?.["model"];
  return typeof model === "string" ? model : (calls[0]?.requestModel ?? null);
}

function answerOf(label: string, got: Replayed["answers"]) {
  const { status, body } = exchangeOf(label).response;
  const kind = got.find((answer) => answer.label === label)?.kind ?? "text";
  const text = kind === "json" ? JSON.stringify(JSON.parse(body)) : kind === "half" ? "" : body;
  return { label, status, kind, digest: createHash("sha256").update(text).digest("hex") };
}

function byLabel(one: { label: string }, other: { label: string }): number {
  return one.label.localeCompare(other.label);
}

function halfReadIn({ answers }: Replayed): ReadonlySet<string> {
  return new Set(answers.filter(({ kind }) => kind === "half").map(({ label }) => label));
}

type Facts = ReturnType<typeof factsOf>;

/** Of what the app left in its middle the row says that it did, and nothing that the whole would not have said. */
function isPartOf([got, ...more]: Facts[], [wanted]: Facts[]): boolean {
  if (got === undefined || wanted === undefined || more.length > 0) return false;
  const isKnown = (unit: UsageUnit) => (got.usage[unit] ?? 0) <= (wanted.usage[unit] ?? 0);
  return (
    got.status === "aborted" &&
    got.provider === wanted.provider &&
    got.requestModel === wanted.requestModel &&
    [null, wanted.responseModel].includes(got.responseModel) &&
    [null, wanted.responseId].includes(got.responseId) &&
    usageUnits.every(isKnown)
  );
}

/** Order of fields aside. */
function isSame(one: unknown, other: unknown): boolean {
  try {
    expect(one).toEqual(other);
    return true;
  } catch {
    return false;
  }
}

function exchangeOf(label: string): RecordedExchange {
  const exchange = labelled.get(label);
  if (exchange === undefined) throw new Error(`no exchange is called ${label}`);
  return exchange;
}
