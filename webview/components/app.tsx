import { type View, views } from "../state/choices.ts";
import { CallsView } from "./callsView.tsx";
import { Tabs } from "./choiceBar.tsx";
import { useDashboard } from "./dashboardContext.ts";
import { Header } from "./header.tsx";
import { Notices } from "./notices.tsx";
import { Overview } from "./overview.tsx";

const VIEW_PANEL = "view";

/** To add a view: its name in `state/choices.ts`, its tab and its component here. */
const viewNames: Record<View, string> = { overview: "Overview", calls: "Calls" };

export function App() {
  const { view } = useDashboard();
  return (
    <main class="dashboard">
      <Header />
      <Tabs<View>
        class="views"
        label="Views"
        controls={VIEW_PANEL}
        value={view.value}
        choices={views.map((name) => ({
          value: name,
          label: viewNames[name],
          testId: `view-${name}`,
        }))}
        onChoose={(name) => {
          view.value = name;
        }}
      />
      <Notices />
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
    default:
      return view satisfies never;
  }
}
