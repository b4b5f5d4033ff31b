import { defaultTeamShare, type TeamPreview, type TeamShare } from "../../shared/team.ts";
import type { Store } from "../store/store.ts";
import type { TeamMembership } from "../store/teamRecords.ts";
import { normalShare } from "./joining.ts";
import { publicCallToShare, publicRollup, toShare } from "./sharing.ts";

/**
 * What leaves, by the code that sends it: what is to be pushed, or where nothing is, or another share is asked about, the
 * latest of what is stored.
 */
export async function previewTeam(
  store: Pick<Store, "teamMachine" | "outstandingForTeam" | "teamPiece">,
  membership: TeamMembership | null,
  limit: number,
  over: Partial<TeamShare> = {},
): Promise<TeamPreview> {
  const share = normalShare({ ...(membership?.share ?? defaultTeamShare), ...over });
  // A piece is a machine's: before a team is joined there is none yet.
  await store.teamMachine();
  const outstanding = membership === null ? 0 : await store.outstandingForTeam();
  const asItIs = over.kind === undefined && over.details === undefined;
  const piece = await store.teamPiece({ limit, latest: outstanding === 0 || !asItIs });
  const { rollups, calls } = piece === null ? { rollups: [], calls: [] } : toShare(piece, share);
  return { share, outstanding, rollups: rollups.map(publicRollup), calls: calls.map(publicCallToShare) };
}
