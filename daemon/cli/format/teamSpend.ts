import type { TeamFreshness, TeamSpend } from "../../../shared/teamSpend.ts";
import { counted } from "./numbers.ts";
import { renderSpend } from "./spend.ts";
import type { Theme } from "./theme.ts";
import { formatInstant } from "./time.ts";

/** The team's report for a terminal: as one's own, and how old its figures are. */
export function renderTeamSpend(spend: TeamSpend, theme: Theme, columns: number, nowMs: number): string[] {
  return [
    ...renderSpend(spend, theme, columns, nowMs),
    ...freshnessRemarks(spend.freshness).flatMap((remark) => [
      "",
      remark.bad ? theme.warning(remark.text) : theme.faint(remark.text),
    ]),
  ];
}

/** As of when figures of the team are, and what they lack; times by this machine's zone. */
export function freshnessRemarks({
  asOf,
  problem,
  unknownDays,
}: TeamFreshness): { text: string; bad: boolean }[] {
  const when = asOf === null ? null : formatInstant(asOf);
  const missing =
    unknownDays === 0
      ? []
      : [
          {
            text: `${counted(unknownDays, "day")} of these were never read from the team's database.`,
            bad: true,
          },
        ];
  if (problem === null)
    return [...(when === null ? [] : [{ text: `As of ${when}.`, bad: false }]), ...missing];
  const last =
    when === null ? "Nothing of it is known here." : `These are the last known figures, of ${when}.`;
  return [{ text: `${problem.message} ${last}`, bad: true }, ...missing];
}
