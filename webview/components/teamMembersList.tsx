import type { TeamMembers } from "../../shared/teamSpend.ts";
import { t } from "../localisation/t.ts";
import { memberView } from "../model/teamView.ts";
import { Icon } from "./controls.tsx";
import { useDashboard } from "./dashboardContext.ts";

/** Who is of the team, and when each has pushed last: who is late may have spent more than is shown. */
export function TeamMembersList() {
  const { teamMembers } = useDashboard();
  const { value } = teamMembers.state.value;
  if (value === null || value.members.length === 0) return null;
  return (
    <section class="team-members" aria-labelledby="team-members-title" data-testid="team-members">
      <div class="aside-head">
        <h2 id="team-members-title">{t("Developers")}</h2>
        <span class="small dim">{t("last push")}</span>
      </div>
      <MemberList members={value} />
    </section>
  );
}

const MOST_MEMBERS = 100;

function MemberList({ members: { members } }: { members: TeamMembers }) {
  const { nowMs, formats } = useDashboard();
  return (
    <ul>
      {members.slice(0, MOST_MEMBERS).map((member) => {
        const view = memberView(member, nowMs.value, formats.value);
        return (
          <li
            key={view.developer}
            class="budget-row"
            title={view.title}
            data-testid={`member-${view.developer}`}
          >
            <span class="budget-title">{view.developer}</span>
            <span class={`small ${view.isLate ? "concern" : "dim"}`}>
              {view.isLate && <Icon name="warning" />}
              {view.machines === "" ? view.pushed : `${view.machines} · ${view.pushed}`}
            </span>
          </li>
        );
      })}
      {members.length > MOST_MEMBERS && (
        <li class="dim small">{t("and {0} more", formats.value.count(members.length - MOST_MEMBERS))}</li>
      )}
    </ul>
  );
}
