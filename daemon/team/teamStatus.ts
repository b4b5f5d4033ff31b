import {
  defaultTeamShare,
  type TeamProblem,
  type TeamStatus,
  type TeamTokenPlace,
} from "../../shared/team.ts";
import { isUnprotected } from "../../shared/teamUrl.ts";
import type { TeamMembership } from "../store/teamRecords.ts";
import { expiryWarning, tokenExpiryMs } from "./teamToken.ts";

/** A token that is known now. */
export interface KnownToken {
  value: string;
  place: TeamTokenPlace;
}

/** What the daemon knows of its team. */
export interface TeamFacts {
  membership: TeamMembership | null;
  token: KnownToken | null;
  problem: TeamProblem | null;
}

export function teamStatus(
  { membership, token, problem }: TeamFacts,
  {
    developer,
    machine,
    outstanding,
    nowMs,
  }: { developer: string; machine: string; outstanding: number; nowMs: number },
): TeamStatus {
  const warnings = teamWarnings({ membership, token, problem }, nowMs);
  if (membership === null) {
    const none = {
      url: null,
      machine: null,
      joinedAt: null,
      timeZone: null,
      token: null,
      lastPushedAt: null,
    };
    return { ...none, developer, share: defaultTeamShare, outstanding: 0, problem, warnings };
  }
  const { url, joinedAtMs, timeZone, share, tokenPlace, lastPushedAtMs } = membership;
  return {
    url,
    developer,
    machine,
    joinedAt: new Date(joinedAtMs).toISOString(),
    timeZone,
    share,
    token: tokenOf(tokenPlace, token),
    outstanding,
    lastPushedAt: instantOf(lastPushedAtMs),
    problem,
    warnings,
  };
}

/** One sentence each. */
export function teamWarnings({ membership, token, problem }: TeamFacts, nowMs: number): string[] {
  const expiry = expiryWarning(token === null ? null : tokenExpiryMs(token.value), nowMs);
  const readable = membership !== null && token !== null && isUnprotected(membership.url);
  return [
    ...(problem === null ? [] : [problem.message]),
    ...(expiry === null ? [] : [expiry]),
    ...(readable
      ? ["The team's database is spoken to without encryption: its token can be read on the way."]
      : []),
  ];
}

function tokenOf(place: TeamTokenPlace | null, token: KnownToken | null): TeamStatus["token"] {
  if (token !== null) {
    return { place: token.place, expiresAt: instantOf(tokenExpiryMs(token.value)), held: true };
  }
  return place === null ? null : { place, expiresAt: null, held: false };
}

function instantOf(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
