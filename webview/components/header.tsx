import { t } from "../localisation/t.ts";
import { connectionWords } from "../model/connectionWords.ts";
import { folderName } from "../model/dimensionWords.ts";
import { type Period, periods, periodWords } from "../model/period.ts";
import { Segments } from "./choiceBar.tsx";
import { type Option, Select } from "./controls.tsx";
import { useDashboard } from "./dashboardContext.ts";

const EVERYTHING = "";

export function Header() {
  const { period, surroundings, view } = useDashboard();
  const offered = periods.filter((name) => name !== "session" || surroundings.sessionStart !== null);
  return (
    <header class="header">
      <h1>Taximeter</h1>
      {/* Where the paths of the others' workspaces are is not known here. */}
      {view.value !== "team" && <ScopePick />}
      <Segments<Period>
        label={t("Period")}
        value={period.value}
        choices={offered.map((name) => ({
          value: name,
          label: periodWords[name].name,
          testId: `period-${name}`,
        }))}
        onChoose={(name) => {
          period.value = name;
        }}
      />
      <ConnectionState />
    </header>
  );
}

function ScopePick() {
  const { scope, workspaces, surroundings } = useDashboard();
  const rows = workspaces.state.value.value?.rows ?? [];
  const paths = new Set(rows.map((row) => row.key).filter((key) => key !== null && key !== ""));
  for (const path of [surroundings.workspace, scope.value]) if (path !== null) paths.add(path);
  const options: Option[] = [
    { value: EVERYTHING, label: t("All workspaces") },
    ...[...paths].flatMap((path) =>
      path === null ? [] : [{ value: path, label: folderName(path), description: path }],
    ),
  ];
  return (
    <div class="scope">
      <Select
        label={t("Scope")}
        testId="scope"
        value={scope.value ?? EVERYTHING}
        options={options}
        onChange={(path) => {
          scope.value = path === EVERYTHING ? null : path;
        }}
      />
    </div>
  );
}

function ConnectionState() {
  const { connection, status, formats } = useDashboard();
  const words = connectionWords(connection.value.connection, status.value, formats.value);
  return (
    <p
      class={`connection connection-${words.tone}`}
      title={words.hint}
      data-testid="connection"
      role="status"
    >
      <span class="dot" aria-hidden="true" />
      {words.text}
    </p>
  );
}
