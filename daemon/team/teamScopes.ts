import type { TeamDimensionName } from "../../shared/teamSpend.ts";

/** What a team's budget may cover, and what the team calls it. */
export const teamScopes: Partial<Record<string, TeamDimensionName>> = {
  developer: "developer",
  source: "source",
  feature: "feature",
  provider: "provider",
  model: "model",
  operation: "operation",
  workspace: "project",
};
