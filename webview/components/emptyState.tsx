import { periodWords } from "../model/period.ts";
import { LinkButton } from "./controls.tsx";
import { useDashboard } from "./dashboardContext.ts";

/** No calls: what that means, and what to do about it. */
export function EmptyState() {
  const { status, period, scope, host } = useDashboard();
  const neverAny = status.value?.storedCalls === 0;
  if (neverAny) {
    return (
      <section class="state" data-testid="state-empty">
        <h2>No AI calls yet</h2>
        {host.kind === "vscode" ? (
          <p>
            Open a new terminal in VS Code and run your app as always. Its first call to an AI provider shows
            here within a second; nothing in your code has to change.
          </p>
        ) : (
          <p>
            Run your app with <code>taximeter run -- node app.js</code>, or in a terminal of VS Code with the
            extension. Its first call to an AI provider shows here within a second.
          </p>
        )}
        <p class="dim">
          Doesn't it? <code>taximeter doctor</code> says why.
        </p>
      </section>
    );
  }
  const wider = period.value === "30d" ? null : "30d";
  return (
    <section class="state" data-testid="state-empty">
      <h2>
        No AI calls {periodWords[period.value].inSentence}
        {scope.value === null ? "" : " in this workspace"}
      </h2>
      <p>
        {wider !== null && (
          <LinkButton
            onClick={() => {
              period.value = wider;
            }}
          >
            Show the last 30 days
          </LinkButton>
        )}{" "}
        {scope.value !== null && (
          <LinkButton
            onClick={() => {
              scope.value = null;
            }}
          >
            Show all workspaces
          </LinkButton>
        )}
      </p>
    </section>
  );
}
