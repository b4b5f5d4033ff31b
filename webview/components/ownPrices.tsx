import { useState } from "preact/hooks";
import { type KnownOverride, priceName } from "../../shared/prices.ts";
import { t } from "../localisation/t.ts";
import { folderName } from "../model/dimensionWords.ts";
import { amountWords, pricedWords } from "../model/priceView.ts";
import { Button, IconButton } from "./controls.tsx";
import { useDashboard } from "./dashboardContext.ts";

/** The prices that the user gave, which go before those of the list. */
export function OwnPrices({ overrides }: { overrides: readonly KnownOverride[] }) {
  return (
    <section class="part" aria-labelledby="own-title" data-testid="own-prices">
      <h2 id="own-title">{t("Your own prices")}</h2>
      {overrides.length === 0 ? (
        <p class="dim">{t("None. They go before the list of prices where you give any.")}</p>
      ) : (
        <ul class="price-list">
          {overrides.map((override) => (
            <OwnPrice key={`${override.file}\n${priceName(override)}`} override={override} />
          ))}
        </ul>
      )}
    </section>
  );
}

function OwnPrice({ override }: { override: KnownOverride }) {
  const { formats, removePrice, repricing } = useDashboard();
  const [asking, setAsking] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const name = priceName(override);
  const ofWorkspace = override.workspace;

  async function remove(): Promise<void> {
    const failure = await removePrice(override);
    setAsking(false);
    setProblem(failure?.message ?? null);
    if (failure === null) void repricing.run({ provider: override.provider, model: override.model });
  }

  return (
    <li data-testid={`own-${name}`}>
      <div class="price-row">
        <span class="price-what">
          <span class="code">{pricedWords(override)}</span> <span class="dim">{override.provider}</span>
          {ofWorkspace !== null && (
            <span class="kind" title={override.file}>
              {" "}
              {t("in {0} alone", folderName(ofWorkspace))}
            </span>
          )}
        </span>
        <span class="amounts">
          {amountWords(override, formats.value).map((amount) => (
            <span key={amount.name}>
              <span class="dim">{amount.name}</span> {amount.price}
            </span>
          ))}
        </span>
        {ofWorkspace === null && !asking && (
          <IconButton
            icon="trash"
            label={t("Remove the price of {0}", pricedWords(override))}
            testId={`own-${name}-remove`}
            onClick={() => setAsking(true)}
          />
        )}
      </div>
      {asking && (
        <fieldset
          class="state-actions plain"
          aria-label={t("Remove the price of {0}", pricedWords(override))}
        >
          <span>{t("Remove this price, and price its calls by the list again?")}</span>
          <Button testId={`own-${name}-remove-yes`} onClick={() => void remove()}>
            {t("Remove")}
          </Button>
          <Button secondary onClick={() => setAsking(false)}>
            {t("Cancel")}
          </Button>
        </fieldset>
      )}
      {problem !== null && (
        <p class="bad" role="alert">
          {problem}
        </p>
      )}
    </li>
  );
}
