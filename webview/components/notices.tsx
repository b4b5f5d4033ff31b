import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { Failure } from "../hosts/dashboardHost.ts";
import { callsInWords } from "../model/costWords.ts";
import { keyWords } from "../model/dimensionWords.ts";
import { Button, Icon, type IconName, LinkButton } from "./controls.tsx";
import { useDashboard } from "./dashboardContext.ts";

export function Note(props: {
  tone: "warning" | "info";
  testId: string;
  children: ComponentChildren;
  /** Read out by a screen reader as soon as it appears. */
  urgent?: boolean;
}) {
  const icon: IconName = props.tone === "warning" ? "warning" : "info";
  return (
    <div class={`note note-${props.tone}`} role={props.urgent ? "alert" : "note"} data-testid={props.testId}>
      <Icon name={icon} />
      <div class="note-body">{props.children}</div>
    </div>
  );
}

/** What stands over every view: a lost connection, a pause, and what the daemon itself complains of. */
export function Notices() {
  const { connection, status, spend, host, formats } = useDashboard();
  const known = spend.state.value.value !== null;
  const lost = connection.value.connection === "lost" && known;
  const daemon = status.value;
  return (
    <>
      {lost && (
        <Note tone="warning" testId="note-lost" urgent>
          <p>
            The daemon doesn't answer, so these figures stand still. Your apps are not affected: their calls
            are kept on disk and counted when it is back.
          </p>
          <RestartAction host={host.kind} />
        </Note>
      )}
      {!lost && daemon !== null && !daemon.recording && (
        <Note tone="info" testId="note-paused">
          <p>Metering is paused: new calls are not counted.</p>
        </Note>
      )}
      {!lost &&
        daemon?.warnings.map((warning) => (
          <Note key={warning} tone="warning" testId="note-warning">
            <p>{warning}</p>
          </Note>
        ))}
      {!lost &&
        daemon?.openCircuits?.map(({ provider, model, until }) => (
          <Note key={`${provider} ${model}`} tone="warning" testId="note-circuit">
            <p>
              Calls to {model === null ? provider : `${model} at ${provider}`} are stopped until{" "}
              {formats.value.clock(until)}: too many failed.
            </p>
          </Note>
        ))}
      {!lost && daemon !== null && daemon.droppedCalls > 0 && <DroppedNote calls={daemon.droppedCalls} />}
    </>
  );
}

function DroppedNote({ calls }: { calls: number }) {
  const { formats } = useDashboard();
  return (
    <Note tone="warning" testId="note-dropped">
      <p>{callsInWords(calls, formats.value)} could not be kept and are missing here.</p>
    </Note>
  );
}

function RestartAction({ host }: { host: "vscode" | "browser" }) {
  const dashboard = useDashboard();
  if (dashboard.host.restartDaemon !== undefined) {
    return (
      <LinkButton testId="restart" onClick={() => dashboard.host.restartDaemon?.()}>
        Restart the daemon
      </LinkButton>
    );
  }
  return host === "browser" ? (
    <p>
      Run <code>taximeter dashboard</code> in a terminal to start it and open this page again.
    </p>
  ) : null;
}

/** In place of a view of which nothing is known. */
export function FailureState({ failure, onRetry }: { failure: Failure; onRetry: () => void }) {
  const { host } = useDashboard();
  const titles: Record<Failure["kind"], string> = {
    refused: "The daemon refused to answer",
    unreachable: "The daemon doesn't answer",
    timeout: "The daemon takes too long",
    signedOut: "This page's session has ended",
    nonsense: "The answer is not understood",
  };
  const restart = host.restartDaemon;
  return (
    <section class="state" role="alert" data-testid="state-failure" data-kind={failure.kind}>
      <h2>{titles[failure.kind]}</h2>
      <p>{failure.message}</p>
      {failure.kind !== "signedOut" && failure.kind !== "refused" && (
        <p class="dim">
          Your apps are not affected: while the daemon is away, their calls are kept on disk and counted
          later.
        </p>
      )}
      <div class="state-actions">
        <Button onClick={onRetry} testId="retry">
          Try again
        </Button>
        {restart !== undefined && (
          <Button secondary onClick={() => restart()} testId="restart">
            Restart the daemon
          </Button>
        )}
      </div>
    </section>
  );
}

/** Calls that the total does not hold, said under it. */
export function UnpricedNotice() {
  const { total, byModel, formats, status, showCalls } = useDashboard();
  const [open, setOpen] = useState(false);
  const totals = total.value;
  if (totals === null || totals.unpricedCalls === 0) return null;
  const models = byModel.state.value.value?.rows.filter((row) => row.unpricedCalls > 0) ?? [];
  const calls = callsInWords(totals.unpricedCalls, formats.value);
  const are = totals.unpricedCalls === 1 ? "is" : "are";
  const count = formats.value.count(models.length);
  const what =
    models.length === 0
      ? `${calls} without a known price ${are} not in the total.`
      : models.length === 1
        ? `1 model has no price: ${calls} ${are} not in the total.`
        : `${count} models have no price: ${calls} ${are} not in the total.`;
  const pricesFile = status.value === null ? "prices.json" : `${status.value.home}/prices.json`;
  return (
    <Note tone="warning" testId="note-unpriced">
      <p>
        {what}{" "}
        <LinkButton expanded={open} onClick={() => setOpen(!open)} testId="unpriced-models">
          {open ? "Hide models" : "Which?"}
        </LinkButton>{" "}
        <LinkButton onClick={() => showCalls({ costStatus: "unpriced" })} testId="unpriced-calls">
          Show these calls
        </LinkButton>
      </p>
      {open && (
        <>
          <ul class="plain-list">
            {models.map((row) => (
              <li key={row.keys.join("\n")}>
                <span class="code">{keyWords("model", row.keys[1] ?? null)}</span>{" "}
                <span class="dim">
                  {keyWords("provider", row.keys[0] ?? null)},{" "}
                  {callsInWords(row.unpricedCalls, formats.value)}
                </span>
              </li>
            ))}
          </ul>
          <p class="dim">
            A price can be given in <span class="code">{pricesFile}</span>.
          </p>
        </>
      )}
    </Note>
  );
}
