import type { Language } from "../language.ts";

/** The ranges that reports and exports offer, as `Range.from`. */
export const reportPeriods = ["today", "yesterday", "7d", "30d", "month", "all"] as const;
export type ReportPeriod = (typeof reportPeriods)[number];

export function reportPeriodName(period: ReportPeriod, { l10n }: Language): string {
  switch (period) {
    case "today":
      return l10n.t("Today");
    case "yesterday":
      return l10n.t("Yesterday");
    case "7d":
      return l10n.t("Last 7 days");
    case "30d":
      return l10n.t("Last 30 days");
    case "month":
      return l10n.t("This month");
    case "all":
      return l10n.t("All time");
    default:
      return period satisfies never;
  }
}
