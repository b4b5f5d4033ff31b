import { noSums, QUARTER_HOUR_MS } from "../../../daemon/store/rollupSums.ts";
import { pushPiece } from "../../../daemon/team/push.ts";
import type { RollupToShare } from "../../../daemon/team/sharing.ts";
import type { TeamDatabase } from "../../../daemon/team/teamDatabase.ts";
import { seededRandom } from "../../../test/seededRandom.ts";

const DAY_MS = 24 * 60 * 60_000;

/**
 * What a developer does on a working day: in twenty quarter hours of it the app calls AI, in each of them from three of the
 * twelve places (a source, a model, a project) that it calls from that day.
 */
export const usual = { activeQuarterHours: 20, tuplesAtOnce: 3, tuplesADay: 12, tuplesOfAll: 40 };

export interface SimulatedTeam {
  /** Rows that were pushed. */
  rollups: number;
  workingDays: number;
}

/** A push's own view of a machine: its claims follow each other. */
export interface SimulatedMachine {
  developer: string;
  push(rollups: RollupToShare[]): Promise<void>;
}

export function simulatedMachine(database: TeamDatabase, number: number): SimulatedMachine {
  const machine = `machine-${number}`;
  const developer = `developer-${String(number).padStart(4, "0")}`;
  let revision = 0;
  let claims: string[] = [];
  return {
    developer,
    async push(rollups) {
      revision += 1;
      const claim = `${machine}-${revision}`;
      const outcome = await pushPiece(database, {
        piece: { rollups, calls: [], goneCalls: [] },
        machine: { machine, claims, hasPushed: revision > 1 },
        former: false,
        revision,
        claim,
        developer,
        version: "1.0.0",
        timeZone: "UTC",
      });
      if (outcome.outcome !== "taken") throw new Error(`A push was not taken: ${outcome.outcome}`);
      claims = [claim];
    },
  };
}

/** A year of working days, by the very statements that daemons push by. */
export async function simulateTeam(
  database: TeamDatabase,
  { developers, days, lastDay }: { developers: number; days: number; lastDay: string },
): Promise<SimulatedTeam> {
  const endMs = Date.parse(lastDay);
  let pushed = 0;
  const working = Array.from({ length: days }, (_, back) => endMs - back * DAY_MS).filter((ms) => {
    const weekday = new Date(ms).getUTCDay();
    return weekday !== 0 && weekday !== 6;
  });
  for (let number = 0; number < developers; number += 1) {
    const machine = simulatedMachine(database, number);
    const random = seededRandom(number + 1);
    let waiting: RollupToShare[] = [];
    for (const dayMs of working.toReversed()) {
      waiting.push(...rollupsOfDay(machine.developer, number, dayMs, random));
      if (waiting.length < 1_000 && dayMs !== working[0]) continue;
      await machine.push(waiting);
      pushed += waiting.length;
      waiting = [];
    }
  }
  return { rollups: pushed, workingDays: working.length };
}

function rollupsOfDay(
  developer: string,
  number: number,
  dayMs: number,
  random: () => number,
): RollupToShare[] {
  const first = Math.floor(random() * usual.tuplesOfAll);
  const rows: RollupToShare[] = [];
  for (let quarter = 0; quarter < usual.activeQuarterHours; quarter += 1) {
    const bucketMs = dayMs + 8 * 60 * 60_000 + quarter * QUARTER_HOUR_MS;
    const begin = Math.floor(random() * usual.tuplesADay);
    for (let index = 0; index < usual.tuplesAtOnce; index += 1) {
      const tuple = (first + ((begin + index) % usual.tuplesADay)) % usual.tuplesOfAll;
      rows.push(rollup(developer, number, tuple, bucketMs, random));
    }
  }
  return rows;
}

/** Five developers share the names of a project: teams work on the same things. */
export function rollup(
  developer: string,
  number: number,
  tuple: number,
  bucketMs: number,
  random: () => number,
): RollupToShare {
  const calls = 1 + Math.floor(random() * 40);
  const { latency: _latency, first_token: _firstToken, ...none } = noSums();
  return {
    bucketMs,
    developer,
    dimensions: {
      provider: tuple % 3 === 0 ? "anthropic" : "openai",
      operation: "chat",
      model: ["gpt-4o-mini", "gpt-4o", "claude-sonnet-4-5"][tuple % 3] ?? "gpt-4o",
      source: `/api/${["chat", "search", "summarise", "classify"][tuple % 4]}/${tuple}`,
      source_kind: "route",
      feature: tuple % 5 === 0 ? "assistant" : "",
      project: `project-${Math.floor(number / 5)}`,
      branch: "",
      call_site: "",
      workspace: "",
    },
    sums: {
      ...none,
      calls,
      input_tokens: calls * 1_200,
      output_tokens: calls * 150,
      cost_nano_usd: calls * 330_000 + Math.floor(random() * 1_000),
    },
  };
}
