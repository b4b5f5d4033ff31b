import { t } from "../localisation/t.ts";
import { type View, views } from "../state/choices.ts";
import { CallsView } from "./callsView.tsx";
import { Tabs } from "./choiceBar.tsx";
import { ConversationsView } from "./conversationsView.tsx";
import { useDashboard } from "./dashboardContext.ts";
import { ExportPick } from "./exportPick.tsx";
import { NarrowedTo } from "./filterChips.tsx";
import { Header } from "./header.tsx";
import { useKeptScroll } from "./keptScroll.ts";
import { Notices } from "./notices.tsx";
import { Overview } from "./overview.tsx";
import { PerformanceView } from "./performanceView.tsx";
import { PricesView } from "./pricesView.tsx";
import { ProtectionView } from "./protectionView.tsx";
import { TeamView } from "./teamView.tsx";

const VIEW_PANEL = "view";

/** To add a view: its name in `state/choices.ts`, its tab and its component here, and what it exports in `state/exports.ts`. */
const viewNames: Record<View, string> = {
  overview: t("Overview"),
  calls: t("Calls"),
  conversations: t("Conversations"),
  performance: t("Performance"),
  team: t("Team"),
  prices: t("Prices"),
  protection: t("Protection"),
};

/** Views that speak of calls, and so can be narrowed down to some. */
const ofCalls: ReadonlySet<View> = new Set(["overview", "calls", "conversations", "performance"]);

export function App() {
  const { view, search, status } = useDashboard();
  const hasTeam = status.value?.team !== undefined || view.value === "team";
  useKeptScroll();
  return (
    <main class="dashboard">
      <Header />
      <div class="views-row">
        <Tabs<View>
          class="views"
          label={t("Views")}
          controls={VIEW_PANEL}
          value={view.value}
          choices={views
            .filter((name) => name !== "team" || hasTeam)
            .map((name) => ({
              value: name,
              label: viewNames[name],
              testId: `view-${name}`,
            }))}
          onChoose={(name) => {
            view.value = name;
            search.value = "";
          }}
        />
        <ExportPick />
      </div>
      <Notices />
      {ofCalls.has(view.value) && <NarrowedTo />}
      <div id={VIEW_PANEL} role="tabpanel" aria-labelledby={`${VIEW_PANEL}-tab-${view.value}`}>
        <CurrentView view={view.value} />
      </div>
    </main>
  );
}

function CurrentView({ view }: { view: View }) {
  switch (view) {
    case "overview":
      return <Overview />;
    case "calls":
      return <CallsView />;
    case "conversations":
      return <ConversationsView />;
    case "performance":
      return <PerformanceView />;
    case "team":
      return <TeamView />;
    case "prices":
      return <PricesView />;
    case "protection":
      return <ProtectionView />;
    default:
      return view satisfies never;
  }
}
