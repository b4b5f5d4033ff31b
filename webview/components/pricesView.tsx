import { useState } from "preact/hooks";
import { type Prices, priceName, type UnpricedModel } from "../../shared/prices.ts";
import { t } from "../localisation/t.ts";
import { callsInWords } from "../model/costWords.ts";
import { pricedWords } from "../model/priceView.ts";
import { Button } from "./controls.tsx";
import { useDashboard } from "./dashboardContext.ts";
import { Note } from "./notices.tsx";
import { OwnPrices } from "./ownPrices.tsx";
import { PriceForm } from "./priceForm.tsx";
import { RepricingNote } from "./repricingNote.tsx";
import { ResourceView } from "./resourceView.tsx";

/** What has no price, and a place to give it one; the user's own prices; how old the list of prices is. */
export function PricesView() {
  const { prices } = useDashboard();
  return (
    <ResourceView
      testId="prices-view"
      resource={prices}
      loading={t("Reading prices…")}
      isEmpty={() => false}
      empty={null}
    >
      {(value) => (
        <>
          <RepricingNote />
          {value.warnings.map((warning) => (
            <Note key={warning} tone="warning" testId="price-warning">
              <p>{warning}</p>
            </Note>
          ))}
          <Unpriced models={value.unpriced} />
          <OwnPrices overrides={value.overrides} />
          <Catalogue prices={value} />
        </>
      )}
    </ResourceView>
  );
}

function Unpriced({ models }: { models: readonly UnpricedModel[] }) {
  return (
    <section class="part" aria-labelledby="unpriced-title" data-testid="unpriced">
      <h2 id="unpriced-title">{t("Models without a price")}</h2>
      {models.length === 0 ? (
        <p class="dim">{t("Every model that was used has a price.")}</p>
      ) : (
        <ul class="price-list">
          {models.map((model) => (
            <UnpricedRow key={priceName(model)} model={model} />
          ))}
        </ul>
      )}
    </section>
  );
}

function UnpricedRow({ model }: { model: UnpricedModel }) {
  const { formats, setPrice, repricing } = useDashboard();
  const [open, setOpen] = useState(false);
  const { provider, calls, inputTokens, outputTokens, lastSeenAt } = model;
  const name = priceName(model);
  return (
    <li data-testid={`unpriced-${name}`}>
      <div class="price-row">
        <span class="price-what">
          <span class="code">{pricedWords(model)}</span> <span class="dim">{provider}</span>
          <span class="dim small price-facts">
            {[
              callsInWords(calls, formats.value),
              t(
                "{0} tokens in, {1} out",
                formats.value.compact(inputTokens),
                formats.value.compact(outputTokens),
              ),
              t("last {0}", formats.value.dayAndClock(lastSeenAt)),
            ].join(" · ")}
          </span>
        </span>
        {!open && (
          <Button secondary testId={`price-${name}`} onClick={() => setOpen(true)}>
            {t("Give it a price…")}
          </Button>
        )}
      </div>
      {open && (
        <PriceForm
          of={model}
          onCancel={() => setOpen(false)}
          onSave={async (amounts) => {
            const failure = await setPrice({ provider, model: model.model, ...amounts });
            if (failure !== null) return failure;
            setOpen(false);
            void repricing.run({ provider, model: model.model });
            return null;
          }}
        />
      )}
    </li>
  );
}

function Catalogue({ prices }: { prices: Prices }) {
  const { formats, repricing } = useDashboard();
  const { date, version, ageDays, stale, staleAfterDays, origin } = prices.catalogue;
  const day = formats.value.fullDay(`${date}T12:00:00Z`);
  const age =
    ageDays <= 0
      ? t("today's")
      : ageDays === 1
        ? t("1 day old")
        : t("{0} days old", formats.value.count(ageDays));
  return (
    <section class="part" aria-labelledby="catalogue-title" data-testid="catalogue">
      <h2 id="catalogue-title">{t("List of prices")}</h2>
      <p data-testid="catalogue-age">
        {t("Of {0}, {1}.", day, age)}{" "}
        <span class="dim">
          {origin === "file" ? t("Taken from a file.") : t("Came with Taximeter.")}{" "}
          <span class="code">{version}</span>
        </span>
      </p>
      {stale && (
        <Note tone="warning" testId="catalogue-stale">
          <p>
            {t(
              "Prices older than {0} days have most likely changed since. “taximeter prices update” takes a newer list.",
              formats.value.count(staleAfterDays),
            )}
          </p>
        </Note>
      )}
      <div>
        <Button
          secondary
          testId="reprice-all"
          disabled={repricing.state.value?.running ?? false}
          onClick={() => void repricing.run(null)}
        >
          {t("Price history again")}
        </Button>
      </div>
    </section>
  );
}
