import { useLayoutEffect, useRef } from "preact/hooks";
import type { Call } from "../../shared/call.ts";
import type { CallDetail as Detail } from "../../shared/callDetail.ts";
import { t } from "../localisation/t.ts";
import { attemptLine, costLines } from "../model/callCost.ts";
import { callDetail, calledWords, callSiteWords } from "../model/callView.ts";
import { IconButton, LinkButton } from "./controls.tsx";
import { useDashboard } from "./dashboardContext.ts";

/** The page stays where it is while the pane's head can be seen: a browser would scroll for as much of it as there is room for. */
function takeKeyboard(pane: HTMLElement): void {
  pane.focus({ preventScroll: true });
  const { top } = pane.getBoundingClientRect();
  if (top < 0 || top > innerHeight / 2) pane.scrollIntoView();
}

/** Everything that is known of one call. */
export function CallDetail({ call }: { call: Call }) {
  const { formats, selectedCall, callDetail: resource } = useDashboard();
  const pane = useRef<HTMLElement>(null);
  const close = () => {
    selectedCall.value = null;
  };
  // The pane takes the keyboard when it opens, so that a reader hears it and Escape closes it.
  useLayoutEffect(() => {
    if (pane.current !== null) takeKeyboard(pane.current);
  }, [call.callId]);
  const { value, outdated, failure } = resource.state.value;
  const more = outdated || value?.call.callId !== call.callId ? null : value;

  return (
    <section
      ref={pane}
      id="call-detail"
      class="call-detail"
      tabIndex={-1}
      aria-label={t("Call to {0}", calledWords(call))}
      data-testid="call-detail"
      onKeyDown={(event) => {
        if (event.key === "Escape") close();
      }}
    >
      <div class="aside-head">
        <h2 class="code">{calledWords(call)}</h2>
        <IconButton icon="close" label={t("Close")} testId="call-detail-close" onClick={close} />
      </div>
      {callDetail(more?.call ?? call, formats.value).map((group) => (
        <div key={group.name} class="detail-group">
          <h3>{group.title}</h3>
          <dl class="detail-lines">
            {group.lines.map((line) => (
              <div key={line.name}>
                <dt>{line.label}</dt>
                <dd class={line.code ? "code" : ""} data-testid={`detail-${line.name}`}>
                  {line.value}
                </dd>
              </div>
            ))}
            {group.name === "origin" && <CallSiteLine call={call} />}
          </dl>
          {group.name === "cost" && more !== null && <MadeUp detail={more} />}
          {group.name === "cost" && more === null && failure !== null && (
            <p class="dim small">{t("How it is made up could not be read: {0}", failure.message)}</p>
          )}
          {group.name === "exchange" && more !== null && more.attempts.length > 1 && (
            <Attempts detail={more} />
          )}
        </div>
      ))}
    </section>
  );
}

/** What was billed, each at its price. */
function MadeUp({ detail }: { detail: Detail }) {
  const { formats } = useDashboard();
  if (detail.cost.length === 0) return null;
  return (
    <>
      <table class="made-up" data-testid="detail-made-up">
        <thead>
          <tr>
            <th scope="col">{t("Billed")}</th>
            <th scope="col">{t("Count")}</th>
            <th scope="col">{t("Price")}</th>
            <th scope="col">{t("Cost")}</th>
          </tr>
        </thead>
        <tbody>
          {costLines(detail, formats.value).map((line) => (
            <tr key={line.id} data-testid={`billed-${line.field}`}>
              <th scope="row">
                {line.name}
                {line.of !== null && <span class="code dim"> {line.of}</span>}
              </th>
              <td>{line.count}</td>
              <td class={line.known ? "" : "dim"}>{line.price}</td>
              <td class={line.known ? "money" : "dim"}>{line.cost}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {!detail.costAsStored && (
        <p class="dim small" data-testid="detail-prices-changed">
          {t("At today's prices; the call was priced at others. “Price history again” would change it.")}
        </p>
      )}
    </>
  );
}

/** The attempts of the same operation, first to last. */
function Attempts({ detail }: { detail: Detail }) {
  const { formats, selectedCall } = useDashboard();
  return (
    <>
      <h4 class="dim small">{t("Attempts of this operation")}</h4>
      <ol class="attempts" data-testid="detail-attempts">
        {detail.attempts.map((attempt) => {
          const line = attemptLine(attempt, formats.value);
          const isThis = attempt.callId === detail.call.callId;
          return (
            <li key={attempt.callId}>
              <button
                type="button"
                aria-current={isThis}
                onClick={() => {
                  selectedCall.value = attempt;
                }}
              >
                <span class={line.failed ? "bad" : ""}>{line.what}</span>
                <span class="dim">{line.took}</span>
                <span class={line.costKnown ? "" : "dim"}>{line.cost}</span>
              </button>
            </li>
          );
        })}
      </ol>
    </>
  );
}

function CallSiteLine({ call }: { call: Call }) {
  const { host } = useDashboard();
  const words = callSiteWords(call);
  const { callSite } = call;
  if (callSite === null || words === null) return null;
  return (
    <div>
      <dt>{t("Call site")}</dt>
      <dd class="code" data-testid="detail-callSite">
        {host.openCallSite === undefined ? (
          words
        ) : (
          <LinkButton
            testId="open-call-site"
            onClick={() =>
              host.openCallSite?.({ workspace: call.workspace, file: callSite.file, line: callSite.line })
            }
          >
            {words}
          </LinkButton>
        )}
      </dd>
    </div>
  );
}
