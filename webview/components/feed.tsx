import { t } from "../localisation/t.ts";
import { feedLine } from "../model/callView.ts";
import { useDashboard } from "./dashboardContext.ts";

const SHOWN = 10;

/** The last calls, as they come in. */
export function Feed() {
  const { feed, formats, showCalls, selectedCall } = useDashboard();
  const calls = feed.value.slice(0, SHOWN);
  return (
    <section class="now" aria-labelledby="now-title" data-testid="feed">
      <div class="aside-head">
        <h2 id="now-title">{t("Now")}</h2>
      </div>
      {calls.length === 0 && (
        <p class="dim">{t("No calls yet. They appear here as your code makes them.")}</p>
      )}
      <ul class="feed">
        {calls.map((call) => {
          const line = feedLine(call, formats.value);
          return (
            <li key={call.callId} data-testid="feed-call">
              <button
                type="button"
                title={`${line.what}\n${t("Show this call")}`}
                onClick={() => {
                  showCalls({});
                  selectedCall.value = call;
                }}
              >
                <time dateTime={call.startedAt}>{line.time}</time>
                <span class={`code ${line.failed ? "bad" : ""}`}>{line.what}</span>
                <span class={line.costKnown ? "amount" : "amount dim"}>{line.cost}</span>
              </button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
