import { modelInPath } from "../../shared/modelNames.ts";
import { decimalToNanoUsd, formatUsd, nanoUsdToDecimal } from "../../shared/money.ts";
import { UNATTRIBUTED } from "../../shared/sources.ts";
import { createTally } from "./tally.ts";

/** One line per call for the developer who asked for it (`TAXIMETER_CONSOLE=1`), and a summary when the process ends. */
export interface CallConsole {
  /** Lines of reports that were given to the daemon, with its answer; `null` where it is away. */
  told(lines: readonly string[], answer: string | null): void;
  end(): void;
}

export interface ConsoleSurroundings {
  write(text: string): void;
  /** Whether what is written may be dimmed. */
  coloured: boolean;
}

/** As far as a line needs it: reports and answers are our own, but of whatever version. */
type Fields = Record<string, unknown>;

const PREFIX = "taximeter";

export function createCallConsole({ write, coloured }: ConsoleSurroundings): CallConsole {
  const tally = createTally();
  const say = (text: string) => write(coloured ? `\u001b[2m${text}\u001b[22m\n` : `${text}\n`);

  const sayCall = (report: Fields, outcome: Fields | null) => {
    // A call that is under way is said when it ends; one that the daemon knows already was said before.
    if (report["status"] === "pending") return;
    if (outcome !== null && outcome["outcome"] !== "accepted" && outcome["outcome"] !== "updated") return;
    const source = plainText(report["source"]) ?? UNATTRIBUTED;
    const nanoUsd = nanoUsdIn(outcome);
    tally.add(source, nanoUsd);
    const sum = tally.sum();
    const cost = outcome === null ? "cost unknown" : nanoUsd === null ? "no price" : amount(nanoUsd);
    const status = report["status"] === "ok" ? null : plainText(report["status"]);
    const took = typeof report["durationMs"] === "number" ? `${Math.round(report["durationMs"])} ms` : null;
    const parts = [PREFIX, source, modelOf(report), took, status, cost, `run ${sumText(sum)}`];
    say(parts.filter((part) => part !== null).join("  "));
  };

  return {
    told(lines, answer) {
      const outcomes = answer === null ? null : outcomesIn(answer);
      for (const line of lines) {
        const report = recordIn(line);
        const outcome = outcomes?.get(String(report["callId"]));
        // What the daemon rejects or ignores is no call.
        if (outcomes === null || outcome !== undefined) sayCall(report, outcome ?? null);
      }
    },
    end() {
      const sum = tally.sum();
      if (sum.calls === 0) return;
      say(`${PREFIX}  ${counted(sum.calls)}  ${sumText(sum)}`);
      for (const [source, part] of tally.bySource()) {
        say(`${PREFIX}    ${source}  ${counted(part.calls)}  ${sumText(part)}`);
      }
    },
  };
}

function sumText({ calls, unknown, nanoUsd }: { calls: number; unknown: number; nanoUsd: number }): string {
  if (unknown === 0) return amount(nanoUsd);
  if (unknown === calls) return "cost unknown";
  return `${amount(nanoUsd)} and ${counted(unknown)} of unknown cost`;
}

function counted(calls: number): string {
  return calls === 1 ? "1 call" : `${calls} calls`;
}

function amount(nanoUsd: number): string {
  return formatUsd(nanoUsdToDecimal(nanoUsd));
}

function nanoUsdIn(outcome: Fields | null): number | null {
  const cost = outcome?.["costUsd"];
  return typeof cost === "string" ? decimalToNanoUsd(cost) : null;
}

function modelOf(report: Fields): string | null {
  const { host, path }: Fields = isRecord(report["endpoint"]) ? report["endpoint"] : {};
  const ofPath = typeof path === "string" ? modelInPath(path) : null;
  return (
    plainText(report["requestModel"]) ?? plainText(ofPath) ?? plainText(report["provider"]) ?? plainText(host)
  );
}

function outcomesIn(answer: string): Map<string, Fields> {
  const { results } = recordIn(answer);
  const found = Array.isArray(results) ? results.filter(isRecord) : [];
  return new Map(found.map((outcome) => [String(outcome["callId"]), outcome]));
}

function recordIn(text: string): Fields {
  const value: unknown = JSON.parse(text);
  return isRecord(value) ? value : {};
}

function isRecord(value: unknown): value is Fields {
  return typeof value === "object" && value !== null;
}

/** Without what could move the cursor or forge a line. `null` where it is no text. */
function plainText(value: unknown): string | null {
  if (typeof value !== "string" || value === "") return null;
  return value.replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu, " ");
}
