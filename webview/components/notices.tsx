import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { Failure } from "../hosts/dashboardHost.ts";
import { t } from "../localisation/t.ts";
import { callsInWords } from "../model/costWords.ts";
import { keyWords } from "../model/dimensionWords.ts";
import type { Formats } from "../model/formats.ts";
import { Button, Icon, type IconName, LinkButton } from "./controls.tsx";
import { useDashboard } from "./dashboardContext.ts";
import { Words } from "./words.tsx";

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
  const { connection, status, spend, host, formats, view } = useDashboard();
  const known = spend.state.value.value !== null;
  const lost = connection.value.connection === "lost" && known;
  const daemon = status.value;
  return (
    <>
      {lost && (
        <Note tone="warning" testId="note-lost" urgent>
          <p>
            {t(
              "The daemon doesn't answer, so these figures stand still. Your apps are not affected: their calls are kept on disk and counted when it is back.",
            )}{" "}
            <RestartAction host={host.kind} />
          </p>
        </Note>
      )}
      {!lost && daemon !== null && !daemon.recording && (
        <Note tone="info" testId="note-paused">
          <p>
            {t("Metering is paused: new calls are not counted.")}{" "}
            {host.resumeMetering !== undefined && (
              <LinkButton testId="resume" onClick={() => host.resumeMetering?.()}>
                {t("Resume")}
              </LinkButton>
            )}
          </p>
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
              {t(
                "Calls to {0} are stopped until {1}: too many failed.",
                model === null ? provider : t("{0} at {1}", model, provider),
                formats.value.clock(until),
              )}{" "}
              <LinkButton
                onClick={() => {
                  view.value = "protection";
                }}
              >
                {t("Show circuits")}
              </LinkButton>
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
      <p>{t("{0} could not be kept and are missing here.", callsInWords(calls, formats.value))}</p>
    </Note>
  );
}

function RestartAction({ host }: { host: "vscode" | "browser" }) {
  const dashboard = useDashboard();
  if (dashboard.host.restartDaemon !== undefined) {
    return (
      <LinkButton testId="restart" onClick={() => dashboard.host.restartDaemon?.()}>
        {t("Restart the daemon")}
      </LinkButton>
    );
  }
  return host === "browser" ? (
    <Words text={t("Run `taximeter dashboard` in a terminal to start it and open this page again.")} />
  ) : null;
}

/** Where a user may fear for their apps, and need not. */
const affectsNothing: Record<Failure["kind"], boolean> = {
  refused: false,
  signedOut: false,
  unreachable: true,
  timeout: true,
  nonsense: true,
  unknown: false,
};

/** In place of a view of which nothing is known. */
export function FailureState({ failure, onRetry }: { failure: Failure; onRetry: () => void }) {
  const { host } = useDashboard();
  const titles: Record<Failure["kind"], string> = {
    refused: t("The daemon refused to answer"),
    unreachable: t("The daemon doesn't answer"),
    timeout: t("The daemon takes too long"),
    signedOut: t("This page's session has ended"),
    nonsense: t("The answer is not understood"),
    unknown: t("The daemon is older than this page"),
  };
  const restart = host.restartDaemon;
  return (
    <section class="state" role="alert" data-testid="state-failure" data-kind={failure.kind}>
      <h2>{titles[failure.kind]}</h2>
      <p>{failure.message}</p>
      {affectsNothing[failure.kind] && (
        <p class="dim">
          {t(
            "Your apps are not affected: while the daemon is away, their calls are kept on disk and counted later.",
          )}
        </p>
      )}
      <div class="state-actions">
        <Button onClick={onRetry} testId="retry">
          {t("Try again")}
        </Button>
        {restart !== undefined && (
          <Button secondary onClick={() => restart()} testId="restart">
            {t("Restart the daemon")}
          </Button>
        )}
      </div>
    </section>
  );
}

/** Calls that the total does not hold, said under it. */
export function UnpricedNotice() {
  const { total, byModel, formats, showCalls, view } = useDashboard();
  const [open, setOpen] = useState(false);
  const totals = total.value;
  if (totals === null || totals.unpricedCalls === 0) return null;
  const models = byModel.state.value.value?.rows.filter((row) => row.unpricedCalls > 0) ?? [];
  return (
    <Note tone="warning" testId="note-unpriced">
      <p>
        {unpricedWords(models.length, totals.unpricedCalls, formats.value)}{" "}
        <LinkButton expanded={open} onClick={() => setOpen(!open)} testId="unpriced-models">
          {open ? t("Hide models") : t("Which?")}
        </LinkButton>{" "}
        <LinkButton
          testId="unpriced-price"
          onClick={() => {
            view.value = "prices";
          }}
        >
          {models.length === 1 ? t("Give it a price") : t("Give them a price")}
        </LinkButton>{" "}
        <LinkButton onClick={() => showCalls({ costStatus: "unpriced" })} testId="unpriced-calls">
          {t("Show these calls")}
        </LinkButton>
      </p>
      {open && (
        <ul class="plain-list">
          {models.map((row) => (
            <li key={row.keys.join("\n")}>
              <span class="code">{keyWords("model", row.keys[1] ?? null)}</span>{" "}
              <span class="dim">
                {keyWords("provider", row.keys[0] ?? null)}, {callsInWords(row.unpricedCalls, formats.value)}
              </span>
            </li>
          ))}
        </ul>
      )}
    </Note>
  );
}

function unpricedWords(models: number, unpricedCalls: number, formats: Formats): string {
  const calls = callsInWords(unpricedCalls, formats);
  const one = unpricedCalls === 1;
  if (models === 0) {
    return one
      ? t("{0} without a known price is not in the total.", calls)
      : t("{0} without a known price are not in the total.", calls);
  }
  if (models > 1) {
    return t("{0} models have no price: {1} are not in the total.", formats.count(models), calls);
  }
  return one
    ? t("1 model has no price: {0} is not in the total.", calls)
    : t("1 model has no price: {0} are not in the total.", calls);
}
