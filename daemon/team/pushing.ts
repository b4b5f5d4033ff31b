import type { Store } from "../store/store.ts";
import type { OutboxPiece, TeamMachine, TeamMembership } from "../store/teamRecords.ts";
import { takeBack } from "./erase.ts";
import { pushPiece } from "./push.ts";
import { toShare } from "./sharing.ts";
import type { TeamDatabase } from "./teamDatabase.ts";
import { sentences, TeamFailure } from "./teamFailure.ts";

/** Rows of each kind in one request: some 100 kB, and well under a second for the server. */
const MOST_ROWS = 200;

export interface PushingSurroundings {
  store: Pick<
    Store,
    | "team"
    | "setTeam"
    | "teamMachine"
    | "teamPiece"
    | "settleTeamPiece"
    | "rememberTeamClaim"
    | "knowsTeamClaim"
    | "pushAllToTeam"
    | "becomeTeamMachine"
  >;
  developer: string;
  version: string;
  nowMs(): number;
  /** Draws a claim, unlike any other. */
  newClaim(): string;
  log(line: string): void;
}

export interface Pushing {
  /** Writes no row: proves that this machine may write, and makes it known to the team. */
  introduce(database: TeamDatabase, membership: TeamMembership): Promise<void>;
  /**
   * Pushes until nothing is left, or `goOn` says no. Rejects with `TeamFailure`: what was not taken in is pushed the next
   * time.
   */
  pushAll(database: TeamDatabase, membership: TeamMembership, goOn: () => boolean): Promise<void>;
}

/** Carries the outbox to the team, a piece at a time. */
export function createPushing({
  store,
  developer,
  version,
  nowMs,
  newClaim,
  log,
}: PushingSurroundings): Pushing {
  /** How many rows at once: fewer after the server found it too much. */
  let limit = MOST_ROWS;

  /** Whether the piece was taken in; if not, what is next is to be looked at anew. */
  async function push(
    database: TeamDatabase,
    { share, timeZone }: TeamMembership,
    piece: Omit<OutboxPiece, keyof TeamMachine>,
    machine: TeamMachine,
  ): Promise<boolean> {
    const { former, revision, receipt } = piece;
    const shared = toShare({ ...piece, ...machine }, share);
    const claim = newClaim();
    if (!former) await store.rememberTeamClaim(claim);
    const request = { piece: shared, machine, former, revision, claim, developer, version, timeZone };
    const outcome = await pushPiece(database, request);
    switch (outcome.outcome) {
      case "taken":
        await store.settleTeamPiece({ ...receipt, claim: former ? null : claim }, nowMs());
        if (!outcome.wasKnown) {
          log("team: its database does not know this machine any more, all is pushed again");
          await store.pushAllToTeam();
        }
        return true;
      case "claimed":
        await settleClaim(outcome.claim);
        return false;
      case "schemaTooNew":
        throw new TeamFailure("schemaTooNew", sentences.schemaTooNew);
      default:
        return outcome satisfies never;
    }
  }

  /** The machine's claim there is not the last that this store pushed under. */
  async function settleClaim(claim: string): Promise<void> {
    if (await store.knowsTeamClaim(claim)) {
      log("team: its database has gone back in time, all is pushed again");
      await store.rememberTeamClaim(claim);
      await store.pushAllToTeam();
    } else {
      await store.becomeTeamMachine();
      log("team: another store pushes as this machine, so this one is a machine of its own from now on");
    }
  }

  const nothing = {
    former: false,
    rollups: [],
    calls: [],
    goneCalls: [],
    receipt: { rollups: [], calls: [] },
  };
  async function introduce(database: TeamDatabase, membership: TeamMembership): Promise<void> {
    while (!(await push(database, membership, { ...nothing, revision: 0 }, await store.teamMachine())));
  }

  return {
    introduce,
    async pushAll(database, membership, goOn) {
      if (membership.takingBack) {
        // Under a new claim first: what is still on its way from before comes too late then.
        await introduce(database, membership);
        await takeBack(database, (await store.teamMachine()).machine);
        await store.pushAllToTeam();
        const now = await store.team();
        if (now !== null) await store.setTeam({ ...now, takingBack: false });
      }
      while (goOn()) {
        const piece = await store.teamPiece({ limit });
        if (piece === null) return;
        try {
          const { machine, claims, hasPushed } = piece;
          await push(database, membership, piece, { machine, claims, hasPushed });
          limit = Math.min(MOST_ROWS, limit * 2);
        } catch (error) {
          if (!(error instanceof TeamFailure) || !error.tooMuch || limit === 1) throw error;
          limit = Math.ceil(limit / 4);
        }
      }
    },
  };
}
