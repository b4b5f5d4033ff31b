import type { ComponentChildren } from "preact";
import { t } from "../localisation/t.ts";
import type { Resource } from "../state/resource.ts";
import { useDashboard } from "./dashboardContext.ts";
import { FailureState, Note } from "./notices.tsx";

/** A view over one answer, in whichever of its states that is: `data-state` is loading, failure, empty or ready. */
export function ResourceView<T>(props: {
  testId: string;
  resource: Resource<T>;
  /** Said while the first answer is on its way. */
  loading: string;
  isEmpty: (value: T) => boolean;
  empty: ComponentChildren;
  children: (value: T, outdated: boolean) => ComponentChildren;
}) {
  const { refresh } = useDashboard();
  const { value, outdated, failure } = props.resource.state.value;
  const empty = value !== null && !outdated && props.isEmpty(value);
  const state = value !== null ? (empty ? "empty" : "ready") : failure === null ? "loading" : "failure";
  return (
    <div
      class="resource-view"
      data-testid={props.testId}
      data-state={state}
      aria-busy={outdated || state === "loading"}
    >
      {state === "loading" && (
        <p class="dim nothing" role="status" data-testid="state-loading">
          {props.loading}
        </p>
      )}
      {state === "failure" && failure !== null && <FailureState failure={failure} onRetry={refresh} />}
      {value !== null && failure !== null && (
        <Note tone="warning" testId="note-failure" urgent>
          <p>{t("These figures could not be renewed: {0}", failure.message)}</p>
        </Note>
      )}
      {empty && props.empty}
      {state === "ready" && value !== null && props.children(value, outdated)}
    </div>
  );
}
