import { t } from "../localisation/t.ts";
import { periodWords } from "../model/period.ts";
import { LinkButton } from "./controls.tsx";
import { useDashboard } from "./dashboardContext.ts";
import { Words } from "./words.tsx";

/** No calls: what that means, and what to do about it. */
export function EmptyState() {
  const { status, period, scope, filters, host } = useDashboard();
  const neverAny = status.value?.storedCalls === 0;
  if (neverAny) {
    return (
      <section class="state" data-testid="state-empty">
        <h2>{t("No AI calls yet")}</h2>
        <p>
          <Words
            text={
              host.kind === "vscode"
                ? t(
                    "Open a new terminal in VS Code and run your app as always. Its first call to an AI provider shows here within a second; nothing in your code has to change.",
                  )
                : t(
                    "Run your app with `taximeter run -- node app.js`, or in a terminal of VS Code with the extension. Its first call to an AI provider shows here within a second.",
                  )
            }
          />
        </p>
        <p class="dim">
          {host.runDoctor === undefined ? (
            <Words text={t("Doesn't it? `taximeter doctor` says why.")} />
          ) : (
            <>
              {t("Doesn't it?")}{" "}
              <LinkButton testId="run-doctor" onClick={() => host.runDoctor?.()}>
                {t("Run the doctor, it finds out why")}
              </LinkButton>
            </>
          )}
        </p>
      </section>
    );
  }
  const wider = period.value === "30d" ? null : "30d";
  const when = periodWords[period.value].inSentence;
  const narrowed = Object.keys(filters.value).length > 0;
  return (
    <section class="state" data-testid="state-empty">
      <h2>
        {narrowed
          ? t("No AI calls of these {0}", when)
          : scope.value === null
            ? t("No AI calls {0}", when)
            : t("No AI calls {0} in this workspace", when)}
      </h2>
      <p>
        {wider !== null && (
          <LinkButton
            onClick={() => {
              period.value = wider;
            }}
          >
            {t("Show the last 30 days")}
          </LinkButton>
        )}{" "}
        {narrowed && (
          <LinkButton
            onClick={() => {
              filters.value = {};
            }}
          >
            {t("Show everything")}
          </LinkButton>
        )}{" "}
        {scope.value !== null && (
          <LinkButton
            onClick={() => {
              scope.value = null;
            }}
          >
            {t("Show all workspaces")}
          </LinkButton>
        )}
      </p>
    </section>
  );
}
