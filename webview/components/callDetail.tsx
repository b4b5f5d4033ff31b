import { useLayoutEffect, useRef } from "preact/hooks";
import type { Call } from "../../shared/call.ts";
import { callDetail, calledWords, callSiteWords } from "../model/callView.ts";
import { IconButton, LinkButton } from "./controls.tsx";
import { useDashboard } from "./dashboardContext.ts";

/** Everything that is known of one call. */
export function CallDetail({ call }: { call: Call }) {
  const { formats, selectedCall } = useDashboard();
  const pane = useRef<HTMLElement>(null);
  const close = () => {
    selectedCall.value = null;
  };
  // The pane takes the keyboard when it opens, so that a reader hears it and Escape closes it.
  useLayoutEffect(() => pane.current?.focus(), [call.callId]);

  return (
    <section
      ref={pane}
      id="call-detail"
      class="call-detail"
      tabIndex={-1}
      aria-label={`Call to ${calledWords(call)}`}
      data-testid="call-detail"
      onKeyDown={(event) => {
        if (event.key === "Escape") close();
      }}
    >
      <div class="aside-head">
        <h2 class="code">{calledWords(call)}</h2>
        <IconButton icon="close" label="Close" testId="call-detail-close" onClick={close} />
      </div>
      {callDetail(call, formats.value).map((group) => (
        <div key={group.title} class="detail-group">
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
            {group.title === "Where from" && <CallSiteLine call={call} />}
          </dl>
        </div>
      ))}
    </section>
  );
}

function CallSiteLine({ call }: { call: Call }) {
  const { host } = useDashboard();
  const words = callSiteWords(call);
  const { callSite } = call;
  if (callSite === null || words === null) return null;
  return (
    <div>
      <dt>Call site</dt>
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
