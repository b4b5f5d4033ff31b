import type { TeamProblem } from "../../shared/team.ts";
import type { Store } from "../store/store.ts";
import type { MirrorDays } from "../store/teamMirror.ts";
import type { TeamMembership } from "../store/teamRecords.ts";
import type { TeamDatabase } from "./teamDatabase.ts";
import { daysBetween } from "./teamDays.ts";
import { sentences, TeamFailure } from "./teamFailure.ts";
import { readTeam } from "./teamReader.ts";

export interface RefreshSurroundings {
  store: Pick<Store, "team" | "teamMirrorState" | "updateTeamMirror" | "clearTeamMirror">;
  /** `null` where its token is not known. */
  database(): TeamDatabase | null;
  nowMs(): number;
  /** Resolves after so many milliseconds, and holds no process. */
  sleep(ms: number): Promise<unknown>;
  log(line: string): void;
}

/** Brings the copy of the team's days up to date, while somebody looks at it. */
export interface TeamRefresh {
  /**
   * Resolves when these days are as fresh as they can be had: `null`, or why they are not. Where all of them were read
   * before, it waits for the team's database only for a moment, and what it says then comes the next time. `anew`: what was
   * read before this is not good enough.
   */
  lookAt(team: TeamMembership, days: MirrorDays, anew?: boolean): Promise<TeamProblem | null>;
}

/** Nobody sees that a sum is so old; ten who look at it at once ask once. */
const FRESH_MS = 5_000;
/** After a failure the last known figures are shown at once for so long. */
const RETRY_MS = 15_000;
const PATIENCE_MS = 2_500;
/** Where nothing is known that could be shown meanwhile. Less than clients wait for the daemon. */
const FIRST_PATIENCE_MS = 8_000;

interface Reading extends MirrorDays {
  url: string;
  atMs: number;
}

export function createTeamRefresh(surroundings: RefreshSurroundings): TeamRefresh {
  const { store, database, nowMs, sleep, log } = surroundings;
  let last: Reading | null = null;
  let problem: (TeamProblem & { atMs: number; url: string }) | null = null;
  let running: Promise<void> = Promise.resolve();

  const isFresh = ({ url }: TeamMembership, days: MirrorDays) =>
    last !== null && last.url === url && covers(last, days) && isWithin(last.atMs, FRESH_MS);
  /** A clock that was put back makes nothing young. */
  const isWithin = (atMs: number, ms: number) => nowMs() - atMs < ms && nowMs() >= atMs;

  /** Without a token nothing is asked of anybody, so that it helps at once when it is given. */
  const hasJustFailed = (url: string) =>
    problem !== null && problem.url === url && problem.kind !== "noToken" && isWithin(problem.atMs, RETRY_MS);

  async function read(team: TeamMembership, days: MirrorDays, anew: boolean): Promise<void> {
    const { url } = team;
    // It may have waited for another to be answered, or not to be.
    if (isFresh(team, days) || (!anew && hasJustFailed(url))) return;
    try {
      const from = database();
      if (from === null) throw new TeamFailure("noToken", sentences.noToken);
      const known = await store.teamMirrorState(url, days);
      let update = await readTeam(from, days, known);
      if (update === null) {
        log("team: its database has gone back in time, all is read again");
        await store.clearTeamMirror();
        update = await readTeam(from, days, { versions: [], lastDimension: null });
      }
      // The team may have been left meanwhile: then nothing of it is kept.
      if (update === null || (await store.team())?.url !== url) return;
      const atMs = nowMs();
      await store.updateTeamMirror({ ...update, url, readAtMs: atMs });
      last = { ...days, url, atMs };
      problem = null;
    } catch (error) {
      const { kind, message } = asFailure(error);
      const atMs = nowMs();
      const since =
        problem?.kind === kind && problem.url === url ? problem.since : new Date(atMs).toISOString();
      problem = { kind, message, since, atMs, url };
    }
  }

  function asFailure(error: unknown): TeamFailure {
    if (error instanceof TeamFailure) return error;
    log(`team: ${error instanceof Error ? error.stack : String(error)}`);
    return new TeamFailure("failing", sentences.failing);
  }

  function told(url: string): TeamProblem | null {
    if (problem === null || problem.url !== url) return null;
    const { kind, message, since } = problem;
    return { kind, message, since };
  }

  return {
    async lookAt(team, days, anew = false) {
      if (anew) last = null;
      if (isFresh(team, days)) return null;
      const { url } = team;
      if (!anew && hasJustFailed(url)) return told(url);
      const reading = running.then(() => read(team, days, anew));
      running = reading;
      const known = await store.teamMirrorState(url, days);
      const isKnown = known.versions.length >= daysBetween(days.from, days.to).length;
      const isRead = await Promise.race([
        reading.then(() => true),
        sleep(isKnown && !anew ? PATIENCE_MS : FIRST_PATIENCE_MS).then(() => false),
      ]);
      if (!isRead && !isKnown && told(url) === null) {
        const { unreachable } = sentences;
        return { kind: "unreachable", message: unreachable, since: new Date(nowMs()).toISOString() };
      }
      return told(url);
    },
  };
}

function covers(outer: MirrorDays, inner: MirrorDays): boolean {
  return outer.from <= inner.from && outer.to >= inner.to;
}
