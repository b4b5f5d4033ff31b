import type { Language } from "../language.ts";

/** The ranges that reports and exports offer, as `Range.from`. */
export const reportPeriods = ["today", "yesterday", "week", "month", "7d", "30d", "all"] as const;
export type ReportPeriod = (typeof reportPeriods)[number];

export function reportPeriodName(period: ReportPeriod, { l10n }: Language): string {
  switch (period) {
    case "today":
      return l10n.t("Today");
    case "yesterday":
      return l10n.t("Yesterday");
    case "week":
      return l10n.t("This week");
    case "month":
      return l10n.t("This month");
    case "7d":
      return l10n.t("Last 7 days");
    case "30d":
      return l10n.t("Last 30 days");
    case "all":
      return l10n.t("All time");
    default:
      return period satisfies never;
  }
}
