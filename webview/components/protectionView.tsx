import { useState } from "preact/hooks";
import type { Breakers, CircuitState } from "../../shared/protection.ts";
import { t } from "../localisation/t.ts";
import { dimensionWords, folderName, keyWords } from "../model/dimensionWords.ts";
import { Button } from "./controls.tsx";
import { useDashboard } from "./dashboardContext.ts";
import { ResourceView } from "./resourceView.tsx";

/** What may stop calls: circuit breakers, and budgets with a hard stop. */
export function ProtectionView() {
  const { breakers } = useDashboard();
  return (
    <ResourceView
      testId="protection-view"
      resource={breakers}
      loading={t("Reading circuit breakers…")}
      isEmpty={() => false}
      empty={null}
    >
      {(value) => (
        <>
          <Switches breakers={value} />
          <Circuits circuits={value.circuits} />
          <HardStops />
        </>
      )}
    </ResourceView>
  );
}

function Switches({ breakers }: { breakers: Breakers }) {
  const { everywhere, workspaces } = breakers.settings;
  const { scope, surroundings } = useDashboard();
  const said = new Set(Object.keys(workspaces));
  for (const place of [scope.value, surroundings.workspace]) if (place !== null) said.add(place);
  return (
    <section class="part" aria-labelledby="breakers-title">
      <h2 id="breakers-title">{t("Circuit breakers")}</h2>
      <p class="prose dim">
        {t(
          "A breaker stops calls to a model for a while once half of at least five within a minute failed, so that your app neither waits nor pays for what will not work. Your code sees a CircuitOpenError.",
        )}
      </p>
      <ul class="price-list">
        <Switch workspace={null} label={t("Everywhere")} on={everywhere} />
        {[...said].map((workspace) => (
          <Switch
            key={workspace}
            workspace={workspace}
            label={folderName(workspace)}
            on={workspaces[workspace] ?? everywhere}
          />
        ))}
      </ul>
    </section>
  );
}

function Switch({ workspace, label, on }: { workspace: string | null; label: string; on: boolean }) {
  const { setBreakers } = useDashboard();
  const [problem, setProblem] = useState<string | null>(null);
  const [switching, setSwitching] = useState(false);
  async function turn(): Promise<void> {
    setSwitching(true);
    const failure = await setBreakers({ enabled: !on, workspace });
    setSwitching(false);
    setProblem(failure?.message ?? null);
  }
  return (
    <li>
      <div class="price-row">
        <button
          type="button"
          role="switch"
          class="switch"
          aria-checked={on}
          aria-busy={switching}
          title={workspace ?? undefined}
          data-testid={workspace === null ? "breakers-everywhere" : `breakers-${workspace}`}
          onClick={() => void turn()}
        >
          <span class="switch-track" aria-hidden="true" />
          <span class={workspace === null ? "" : "code"}>{label}</span>
          <span class="dim">{on ? t("on") : t("off")}</span>
        </button>
      </div>
      {problem !== null && (
        <p class="bad" role="alert">
          {problem}
        </p>
      )}
    </li>
  );
}

const circuitWords: Record<CircuitState["state"], string> = {
  closed: t("Calls pass"),
  open: t("Stopped"),
  "half-open": t("One call tries"),
};

function Circuits({ circuits }: { circuits: readonly CircuitState[] }) {
  const { formats } = useDashboard();
  return (
    <section class="part" aria-labelledby="circuits-title">
      <h2 id="circuits-title">{t("Circuits")}</h2>
      {circuits.length === 0 ? (
        <p class="dim" data-testid="no-circuits">
          {t("None are watched now: where breakers are on, models appear here as they are called.")}
        </p>
      ) : (
        <table class="figures" data-testid="circuits">
          <thead>
            <tr>
              <th scope="col">{t("Model")}</th>
              <th scope="col">{t("Provider")}</th>
              <th scope="col">{t("State")}</th>
              <th scope="col">{t("Failed in the last minute")}</th>
            </tr>
          </thead>
          <tbody>
            {circuits.map(({ provider, model, state, calls, failures, until }) => (
              <tr key={`${provider}\n${model}`} data-testid={`circuit-${provider}:${model ?? "*"}`}>
                <th scope="row">
                  <span class="code">{keyWords("model", model)}</span>
                </th>
                <td>{provider}</td>
                <td class={state === "open" ? "bad" : ""}>
                  {until === null
                    ? circuitWords[state]
                    : t("{0} until {1}", circuitWords[state], formats.value.clock(until))}
                </td>
                <td>
                  {state === "closed"
                    ? t("{0} of {1}", formats.value.count(failures), formats.value.count(calls))
                    : "–"}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function HardStops() {
  const { budgets, formats, view } = useDashboard();
  const stops = (budgets.value ?? []).filter(({ hardStop }) => hardStop === true);
  return (
    <section class="part" aria-labelledby="stops-title" data-testid="hard-stops">
      <h2 id="stops-title">{t("Budgets that stop calls")}</h2>
      {stops.length === 0 ? (
        <p class="dim">
          {t("None. A budget with a hard stop ends calls before they leave once it is spent.")}
        </p>
      ) : (
        <ul class="price-list">
          {stops.map(({ id, scope, spentUsd, limitUsd, percent }) => (
            <li key={id}>
              <div class="price-row">
                <span class="price-what">
                  {scope === null
                    ? t("Everything")
                    : `${dimensionWords(scope.dimension).name} ${keyWords(scope.dimension, scope.value)}`}
                </span>
                <span class={percent >= 100 ? "bad" : ""}>
                  {t("{0} of {1}", formats.value.usd(spentUsd), formats.value.usd(limitUsd))}
                </span>
              </div>
            </li>
          ))}
        </ul>
      )}
      <div>
        <Button
          secondary
          onClick={() => {
            view.value = "overview";
          }}
        >
          {t("Show budgets")}
        </Button>
      </div>
    </section>
  );
}
