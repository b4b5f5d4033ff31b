import { defaultTeamShare, detailsOfCalls, sharedDetails, type TeamShare } from "../../shared/team.ts";
import type { TeamMembership } from "../store/teamRecords.ts";
import type { Pushing } from "./pushing.ts";
import { ensureTeamSchema, TEAM_SCHEMA } from "./schema.ts";
import type { TeamDatabase } from "./teamDatabase.ts";
import { sentences, TeamFailure } from "./teamFailure.ts";

export interface JoinRequest {
  url: string;
  /** Default: as it was with the same team, else sums alone. */
  share: TeamShare | undefined;
  /** The membership that there was. */
  before: TeamMembership | null;
  /** The zone that the team's days are of, where its schema is made by this. */
  timeZone: string;
  nowMs: number;
}

/** `refused`: it can be read and not written to. */
export interface Joined {
  membership: TeamMembership;
  refused: TeamFailure | null;
}

/**
 * Makes or climbs the team's schema, and proves that this machine may write. Rejects with `TeamFailure` where the database
 * cannot even be read.
 */
export async function joinTeam(
  database: TeamDatabase,
  { url, share, before, timeZone, nowMs }: JoinRequest,
  pushing: Pick<Pushing, "introduce">,
): Promise<Joined> {
  const same = before !== null && before.url === url ? before : null;
  const schema = await ensureTeamSchema(database, timeZone);
  const chosen = normalShare(share ?? same?.share ?? defaultTeamShare);
  const membership: TeamMembership = {
    url,
    timeZone: schema.timeZone,
    share: chosen,
    joinedAtMs: same?.joinedAtMs ?? nowMs,
    tokenPlace: null,
    lastPushedAtMs: same?.lastPushedAtMs ?? null,
    takingBack: same !== null && (same.takingBack || !sameShare(same.share, chosen)),
  };
  if (schema.version > TEAM_SCHEMA) {
    return { membership, refused: new TeamFailure("schemaTooNew", sentences.schemaTooNew) };
  }
  return { membership, refused: await pushing.introduce(database, membership).then(() => null, mayRead) };
}

/** Who may only read joins to read. */
function mayRead(error: unknown): TeamFailure {
  if (error instanceof TeamFailure && (error.kind === "readOnlyToken" || error.kind === "schemaTooNew")) {
    return error;
  }
  throw error;
}

/** In one order, without what the kind has no use for. */
export function normalShare({ kind, details }: TeamShare): TeamShare {
  return {
    kind,
    details: sharedDetails.filter(
      (detail) => details.includes(detail) && (kind === "calls" || !detailsOfCalls.includes(detail)),
    ),
  };
}

export function sameShare(a: TeamShare, b: TeamShare): boolean {
  return a.kind === b.kind && a.details.join() === b.details.join();
}
